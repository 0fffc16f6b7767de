"""The UCI digits that scikit-learn brings: 8x8 pixels, always present."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.source import Pairs, Source, to_glyphs
from core.jobs import Progress
from core.settings import Settings

TEST_SHARE = 0.25
_read: dict[str, Pairs] = {}  # the splits read so far: they never change


class UciDigits(Source):
    """Pictures of 8x8 pixels, 0 to 16, as glyphs; a seeded quarter is the test split."""

    name = "uci-digits"
    title = "UCI digits"
    description = "1,797 digits of 8x8 pixels that come with scikit-learn: always there."
    licence = "CC BY 4.0"

    def present(self, _: Settings) -> bool:
        return True

    def read(self, split: str, _: Settings, progress: Progress) -> Pairs:
        if split not in _read:
            _read[split] = _glyphs(split, progress)
        glyphs, labels = _read[split]
        return glyphs.copy(), labels.copy()


def _glyphs(split: str, progress: Progress) -> Pairs:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    pictures = np.rint(images.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    parts = train_test_split(pictures, labels, test_size=TEST_SHARE, random_state=0, stratify=labels)
    chosen, answers = (parts[0], parts[2]) if split == "train" else (parts[1], parts[3])
    return to_glyphs(map(_enlarge, chosen), progress, len(chosen)), answers.astype(np.int64)


def _enlarge(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with a margin, four times as large: at its own size a stroke is as wide as the gaps."""
    padded = np.pad(picture, 2)
    return np.asarray(cv2.resize(padded, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8)
