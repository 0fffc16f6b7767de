"""UCI's Optical Recognition of Handwritten Digits as scans (Alpaydin and Kaynak, 1998; CC BY 4.0)."""

from pathlib import Path

import numpy as np

from core.charsets import DIGITS
from core.data.idx import read_pair
from core.data.source import Pairs, Source, to_glyphs
from core.jobs import Progress
from core.settings import Settings


class OptDigits(Source):
    """Scans of 32x32 pixels from IDX files: two parts, read one after the other."""

    name = folder = "optdigits"
    title = "Scanned digits"
    description = "2,880 scans of 32x32 black and white pixels that fill their frame (UCI), as IDX files."
    licence = "CC BY 4.0"
    splits = ("test",)
    instructions = (
        "Put the four files optdigits-tra-images-idx3-ubyte, optdigits-tra-labels-idx1-ubyte, "
        "optdigits-cv-images-idx3-ubyte and optdigits-cv-labels-idx1-ubyte there: the bitmaps of UCI's "
        "Optical Recognition of Handwritten Digits (https://archive.ics.uci.edu/dataset/80) "
        "in the format of MNIST's files."
    )

    def present(self, settings: Settings) -> bool:
        return all(path.is_file() for pair in self._files(settings) for path in pair)

    def read(self, _: str, settings: Settings, progress: Progress) -> Pairs:
        parts = [read_pair(*pair, classes=len(DIGITS.characters)) for pair in self._files(settings)]
        pictures, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return to_glyphs(pictures, progress, len(pictures)), labels

    def _files(self, settings: Settings) -> list[tuple[Path, Path]]:
        stems = [settings.data_dir / self.folder / f"optdigits-{part}" for part in ("tra", "cv")]
        return [(Path(f"{stem}-images-idx3-ubyte"), Path(f"{stem}-labels-idx1-ubyte")) for stem in stems]
