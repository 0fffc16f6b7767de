"""Small EMNIST files in the official format: images on their side, labels of Letters from 1."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.emnist import PARTS
from tests.support.mnist import write_idx


def letter(character: str, size: float = 0.9) -> NDArray[np.uint8]:
    """A printed character, upright, white on black, (28, 28)."""
    picture = np.zeros((28, 28), np.uint8)
    cv2.putText(picture, character, (5, 22), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2, cv2.LINE_AA)
    return picture


def write_emnist(data_dir: Path, name: str, each: int = 4) -> None:
    """Write a part with so many images of every class, a little different in size."""
    part = PARTS[name]
    labels = np.tile(np.arange(len(part.charset.characters)), each)
    sizes = np.repeat(np.linspace(0.6, 0.9, each), len(part.charset.characters))
    upright = [letter(part.charset.characters[label], size) for label, size in zip(labels, sizes, strict=True)]
    raw = data_dir / part.folder
    for split in ("train", "test"):
        stem = f"emnist-{name}-{split}"
        write_idx(raw / f"{stem}-images-idx3-ubyte", np.stack(upright).transpose(0, 2, 1))
        write_idx(raw / f"{stem}-labels-idx1-ubyte", labels + part.first)
