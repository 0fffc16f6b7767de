"""Outputs of networks that tell apart the two forms of letters which a charset merges."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.charsets import Charset


def fold(logits: NDArray[np.floating], outputs: Charset, asked: Charset) -> NDArray[np.float64]:
    """The logits of some characters: for a letter of both cases, those of its two forms together.

    Args:
        logits: (N, F + R): of each class of `outputs`, and of R other answers, such as no character.
        outputs: the F classes.
        asked: C characters of these.

    Returns:
        (N, C + R), the last R unchanged.

    Raises:
        ConfigError: one of the characters is not among the outputs.
        ValueError: there are fewer columns than outputs.
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

    Args:
        logits: float (N, ..., F).
        merged: bool (N,), whether the data set of each image merges forms.
        pairs: the second form by the first, as of `Charset.pairs`.

    Returns:
        (N, ..., F). The second form is unchanged: an image whose data set merges it is never labelled so.
    """
    if not pairs:
        return logits
    first, second = list(pairs), list(pairs.values())
    together = logits.clone()
    together[..., first] = torch.logaddexp(logits[..., first], logits[..., second])
    return torch.where(merged.view(-1, *[1] * (logits.ndim - 1)), together, logits)


def carry_over(rows: Tensor, before: Charset, after: Charset, bias: bool = False) -> Tensor:
    """The rows of a last layer for other classes of the same characters; both forms of a letter begin as merged.

    Args:
        rows: (F + R, ...), one for each class of `before`, and R others, which are kept.
        before, after: the classes of the first rows, and those wanted.
        bias: whether they are the biases: each of two forms begins with half of their probability.

    Raises:
        ConfigError: a class of `after` is not among those before.
    """
    indices = torch.tensor(before.indices_of(after))
    chosen = rows[indices]
    if bias:
        chosen = chosen - indices.bincount()[indices].to(rows.dtype).log()
    return torch.cat([chosen, rows[len(before.characters) :]])
