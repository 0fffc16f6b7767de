"""From glyphs to answers."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn

from core.charsets import Charset, get_charset
from core.jobs import Progress, ignore
from core.model.card import Card
from core.model.networks import Eye
from core.model.prediction import Prediction, judge
from core.vision.normalise import Normalised

BATCH = 500
POOL_BATCH = 100  # images in a batch of `read_batches`
Float = TypeVar("Float", np.float32, np.float64)


@dataclass(frozen=True)
class Recogniser:
    """A trained network and its card: reads glyphs. A model may have an eye, which reads pictures themselves.

    Glyphs are uint8 (N, 28, 28); methods raise ValueError for arrays of another shape or type. `only` restricts an
    answer to some characters, C in number, None to all that the model reads; methods raise ConfigError for a character
    that the model does not read.
    """

    card: Card
    network: nn.Module
    eye: Eye | None = None

    @property
    def charset(self) -> Charset:
        return get_charset(self.card.charset)

    @property
    def classes(self) -> Charset:
        """What its views are read as: forms of letters that either the network or its eye merges are merged."""
        if self.eye is None or self.card.forms == self.card.eye_forms:
            return self.card.classes
        return self.charset

    def forward(self, glyphs: Tensor) -> Tensor:
        """The network's logits in evaluation mode, through which gradients flow back to the glyphs, 0 to 255.

        float32 (N, F), of the classes of `card.classes`; (N, F + 2) of a network that knows outliers.
        """
        logits: Tensor = self.network.eval()(to_input(glyphs, self.card.mean, self.card.std))
        return logits

    def logits(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """As `forward`."""
        return network_logits(self.network, glyphs, self.card.mean, self.card.std)

    def probabilities(self, glyphs: NDArray[np.uint8], only: Charset | None = None) -> NDArray[np.float64]:
        """Float64 (N, C), after the card's temperature."""
        return self._probabilities(self.logits(glyphs), only)

    def features(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The inputs of the network's last linear layer: float32 (N, D); D depends on the architecture."""
        return network_logits(self._parts()[0], glyphs, self.card.mean, self.card.std)

    def read_features(self, features: NDArray[np.float32], only: Charset | None = None) -> NDArray[np.float64]:
        """The `probabilities` (N, C) that the last layer gives for features (N, D)."""
        with torch.inference_mode():
            return self._probabilities(self._parts()[1](torch.from_numpy(features)).numpy(), only)

    def _probabilities(self, logits: NDArray[np.float32], only: Charset | None) -> NDArray[np.float64]:
        charset = only or self.charset
        folded = fold(logits, self.card.classes, charset)[:, : len(charset.characters)]
        return np.asarray(softmax(folded / self.card.temperature, axis=1))

    def _parts(self) -> tuple[nn.Module, nn.Linear]:
        assert isinstance(self.network, nn.Sequential), "every architecture is a sequence of stages"
        last = self.network[-1]
        assert isinstance(last, nn.Linear), "every architecture ends in a linear layer"
        return self.network[:-1], last

    def predict(self, items: Sequence[Normalised], only: Charset | None = None) -> list[Prediction]:
        if not items:
            return []
        charset, card = only or self.charset, self.card
        logits = self.logits(np.stack([item.glyph for item in items]))
        rows, rejections = self._probabilities(logits, charset), self._rejections(logits).tolist()
        return [
            judge(charset, row, item.blank, card.threshold, other, several, card.rejection_threshold)
            for item, row, (other, several) in zip(items, rows, rejections, strict=True)
        ]

    def rejections(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The probabilities (N, 2) of no character, and of several; 0 for a network that knows of neither."""
        return self._rejections(self.logits(glyphs))

    def _rejections(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        if not self.card.knows_outliers:
            return np.zeros((len(logits), 2))
        folded = fold(logits, self.card.classes, self.charset)
        return np.asarray(softmax(folded / self.card.temperature, axis=1)[:, -2:])


def read_batches(
    read: Callable[[NDArray[np.uint8]], NDArray[Float]], glyphs: NDArray[np.uint8], progress: Progress = ignore
) -> NDArray[Float]:
    """Read many glyphs, at least 1, with a method of a Recogniser, in as many threads as torch leaves cores idle.

    Args:
        read: from glyphs (N, 28, 28) to rows (N, …).
        progress: called after every batch with the number of glyphs read so far, and of all.
    """
    batches = [glyphs[start : start + POOL_BATCH] for start in range(0, len(glyphs), POOL_BATCH)]
    rows: list[NDArray[Float]] = []
    with idle_cores() as pool:
        for part in pool.map(read, batches):
            rows.append(part)
            progress(min(len(rows) * POOL_BATCH, len(glyphs)), len(glyphs))
    return np.concatenate(rows)


def use_one_thread() -> None:
    """Let torch work in one thread: a small picture is too short a work to be shared, and batches lie side by side."""
    torch.set_num_threads(1)


@contextmanager
def idle_cores() -> Iterator[ThreadPoolExecutor]:
    """As many threads as torch leaves cores idle; what has not begun when an exception leaves is not begun."""
    pool = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // torch.get_num_threads()))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def to_input(glyphs: Tensor, mean: float, std: float) -> Tensor:
    """Glyphs (N, 28, 28), 0 to 255, as a network's input: float (N, 1, 28, 28), standardised."""
    return (glyphs.unsqueeze(1).float() / 255 - mean) / std


def network_logits(network: nn.Module, glyphs: NDArray[np.uint8], mean: float, std: float) -> NDArray[np.float32]:
    """Run a network in evaluation mode over glyphs (N, 28, 28), a batch at a time; logits (N, C)."""
    if glyphs.dtype != np.uint8 or glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28):
        raise ValueError(f"expected glyphs as uint8 (N, 28, 28), got {glyphs.dtype} {glyphs.shape}")
    network.eval()
    with torch.inference_mode():
        batches = torch.from_numpy(np.ascontiguousarray(glyphs)).split(BATCH)
        return torch.cat([network(to_input(batch, mean, std)) for batch in batches]).numpy()


def fold(logits: NDArray[np.floating], outputs: Charset, asked: Charset) -> NDArray[np.float64]:
    """The logits of some characters: for a letter of both cases, those of its two forms together.

    Logits (N, F + R), of the F classes of `outputs` and of R other answers, such as no character, become (N, C + R).

    Raises:
        ConfigError: one of the characters is not among the outputs.
    """
    if logits.shape[1] < len(outputs.characters):
        raise ValueError(f"expected logits of {len(outputs.characters)} classes or more, got {logits.shape[1]}")
    indices, pairs = outputs.indices_of(asked), outputs.pairs(asked)
    values = logits.astype(np.float64)
    others = values[:, len(outputs.characters) :].copy()
    first, second = list(pairs), list(pairs.values())
    values[:, first] = np.logaddexp(values[:, first], values[:, second])
    return np.concatenate([values[:, indices], others], axis=1)


def merge_forms(logits: Tensor, merged: Tensor, pairs: dict[int, int]) -> Tensor:
    """Logits in which the first of two forms stands for both, for images whose data set does not tell them apart.

    The second form is unchanged: an image whose data set merges it is never labelled so.

    Args:
        logits: float (N, ..., F); the result has the same shape.
        merged: bool (N,), whether the data set of each image merges the forms that `pairs` has, of `Charset.pairs`.
    """
    if not pairs:
        return logits
    first, second = list(pairs), list(pairs.values())
    together = logits.clone()
    together[..., first] = torch.logaddexp(logits[..., first], logits[..., second])
    return torch.where(merged.view(-1, *[1] * (logits.ndim - 1)), together, logits)


def carry_over(rows: Tensor, before: Charset, after: Charset, bias: bool = False) -> Tensor:
    """The rows of a last layer for other classes of the same characters; both forms of a letter begin as merged.

    Of rows (F + R, ...) one is of each class of `before`, and R others are kept. With a bias each of two forms begins
    with half of their probability. ConfigError where a class of `after` is not among those before.
    """
    indices = torch.tensor(before.indices_of(after))
    chosen = rows[indices]
    if bias:
        chosen = chosen - indices.bincount()[indices].to(rows.dtype).log()
    return torch.cat([chosen, rows[len(before.characters) :]])
