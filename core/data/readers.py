"""The ways from the files of the data sets to glyphs: each reads one split of one of them."""

import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.charsets import DIGITS, Charset
from core.data import unipen
from core.data.emnist import Part, read_part
from core.data.idx import read_pair
from core.data.pen_strokes import PenDigit, draw, read_strokes, writers_of
from core.jobs import Progress, ignore
from core.settings import Settings
from core.spreadsheet import read_rows
from core.vision.decode import decode
from core.vision.normalise import normalise, to_glyph

Pairs = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Glyphs (N, 28, 28) and labels (N,)."""

DRAWINGS_PER_DIGIT = {"train": 4, "validation": 3, "test": 1}
DRAWINGS_PER_CHARACTER = {"train": 3, "validation": 2, "test": 1}
DRAW_SEED = {"train": 1, "validation": 2, "test": 3}
UCI_TEST_SHARE = 0.25
AT_ONCE = 100  # images


def to_glyphs(pictures: Iterable[Any], progress: Progress = ignore, total: int = 0) -> NDArray[np.uint8]:
    """Send pictures through the whole pipeline, on all cores.

    Args:
        pictures: arrays as `normalise` takes them.
        progress, total: told how many are done, and this number.

    Returns:
        uint8 (N, 28, 28); all zero where a picture is blank.
    """
    return _on_all_cores(lambda picture: normalise(picture).glyph, pictures, progress, total)


def _on_all_cores(
    make: Callable[[Any], NDArray[np.uint8]], items: Iterable[Any], progress: Progress, total: int
) -> NDArray[np.uint8]:
    """Glyphs (N, 28, 28) of N items in their order; an exception from `progress` ends it soon."""
    glyphs: list[NDArray[np.uint8]] = []
    waiting = iter(items)
    pool = ThreadPoolExecutor()  # OpenCV releases the interpreter lock
    try:
        # Some at a time: to hand over a single image takes longer than to frame it.
        for batch in pool.map(lambda some: list(map(make, some)), iter(lambda: list(islice(waiting, AT_ONCE)), [])):
            glyphs += batch
            progress(len(glyphs), total)
    finally:
        pool.shutdown(cancel_futures=True)
    return np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)


def pen_strokes(split: str, settings: Settings, progress: Progress) -> Pairs:
    """Every digit of the split's writers, drawn afresh several times for training, once for the test."""
    wanted = set(writers_of(split))
    digits = [digit for digit in read_strokes(settings.data_dir) if digit.writer in wanted] * DRAWINGS_PER_DIGIT[split]
    seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(digits))

    def drawing(item: tuple[PenDigit, np.random.SeedSequence]) -> NDArray[np.uint8]:
        digit, seed = item
        return normalise(draw(digit, np.random.default_rng(seed))).glyph

    glyphs = _on_all_cores(drawing, zip(digits, seeds, strict=True), progress, len(digits))
    return glyphs, np.array([digit.label for digit in digits], np.int64)


def count_pen_strokes(split: str, settings: Settings) -> int:
    """How many glyphs the split has, without drawing them."""
    wanted = set(writers_of(split))
    return DRAWINGS_PER_DIGIT[split] * sum(digit.writer in wanted for digit in read_strokes(settings.data_dir))


def unipen_strokes(kind: str, split: str, settings: Settings, progress: Progress) -> Pairs:
    """Every character of a kind by the split's writers, drawn afresh several times for training, once for the test.

    The drawings are clean: no ink is searched for in them, so that dots and far strokes stay.
    """
    charset = unipen.CHARSET_OF[kind]
    characters = unipen.read_characters(settings.data_dir, kind, split) * DRAWINGS_PER_CHARACTER[split]
    labels = np.array([_label(character, charset) for character in characters], np.int64)
    seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(characters))

    def drawing(item: tuple[PenDigit, np.random.SeedSequence]) -> NDArray[np.uint8]:
        strokes, seed = item
        return to_glyph(255 - draw(strokes, np.random.default_rng(seed)), charset.glyph_side)

    drawn = (PenDigit(0, 0, _with_dots(character)) for character in characters)
    return _on_all_cores(drawing, zip(drawn, seeds, strict=True), progress, len(characters)), labels


def _label(character: unipen.UnipenCharacter, charset: Charset) -> int:
    if character.label not in charset.characters or not character.strokes:
        raise ValueError(
            f"expected a stroke or more of one of {' '.join(charset.characters)}, found {len(character.strokes)} "
            f"of {character.label!r}"
        )
    return charset.characters.index(character.label)


def _with_dots(character: unipen.UnipenCharacter) -> unipen.Strokes:
    """Its strokes; one of a single point goes from there to there, since a line of one point is not drawn."""
    return tuple(stroke if len(stroke) > 1 else stroke * 2 for stroke in character.strokes)


def count_unipen(kind: str, split: str, settings: Settings) -> int:
    """How many glyphs the split has, without drawing them."""
    return DRAWINGS_PER_CHARACTER[split] * unipen.count(settings.data_dir, kind, split)


def uci_digits(split: str, _: Settings, progress: Progress) -> Pairs:
    """8x8 pictures of 0 to 16, turned into glyphs; a seeded quarter is the test. They are kept: they never change."""
    if split not in _UCI_DIGITS:
        _UCI_DIGITS[split] = _uci_glyphs(split, progress)
    glyphs, labels = _UCI_DIGITS[split]
    return glyphs.copy(), labels.copy()


_UCI_DIGITS: dict[str, Pairs] = {}


def _uci_glyphs(split: str, progress: Progress) -> Pairs:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    pictures = np.rint(images.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    parts = train_test_split(pictures, labels, test_size=UCI_TEST_SHARE, random_state=0, stratify=labels)
    chosen, answers = (parts[0], parts[2]) if split == "train" else (parts[1], parts[3])
    glyphs = to_glyphs((_enlarge(picture) for picture in chosen), progress, len(chosen))
    return glyphs, answers.astype(np.int64)


def _enlarge(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An 8x8 picture on some paper, four times as large: at its own size a stroke is as wide as the gaps."""
    padded = np.pad(picture, 2)
    return np.asarray(cv2.resize(padded, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8)


def optdigits_files(data_dir: Path) -> list[tuple[Path, Path]]:
    """Where the images and the labels of both parts lie."""
    stems = [data_dir / "optdigits" / f"optdigits-{part}" for part in ("tra", "cv")]
    return [(Path(f"{stem}-images-idx3-ubyte"), Path(f"{stem}-labels-idx1-ubyte")) for stem in stems]


def optdigits(_: str, settings: Settings, progress: Progress) -> Pairs:
    """Both parts, one after the other, through the whole pipeline."""
    parts = [read_pair(*files, classes=len(DIGITS.characters)) for files in optdigits_files(settings.data_dir)]
    pictures, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return to_glyphs(pictures, progress, len(pictures)), labels


def emnist(part: Part, split: str, settings: Settings, progress: Progress) -> Pairs:
    """A part of EMNIST, framed as glyphs are: its own images are centred by their outlines."""
    pictures, labels = read_part(part, split, settings.data_dir)
    glyphs = np.empty_like(pictures)
    # In one thread: the steps are so short that two would spend their time waiting for the interpreter lock.
    for place, picture in enumerate(pictures):
        glyphs[place] = to_glyph(picture, part.charset.glyph_side)
        if place % AT_ONCE == AT_ONCE - 1:
            progress(place + 1, len(pictures))
    return glyphs, labels


def photos(_: str, settings: Settings, progress: Progress) -> Pairs:
    """The photographs whose label is a single digit, and not a number of several."""
    folder = settings.data_dir / "photos"
    every = read_rows((folder / "labels.csv").read_bytes(), ("file", "label"))
    labels = [row["label"].removesuffix(".0") for row in every]  # as a spreadsheet may write a whole number
    if unknown := [label for label in labels if not label.isdecimal()]:
        raise ValueError(f"labels.csv: the label of a picture is its digit, or its digits, got {unknown[0][:20]!r}")
    rows = [(row["file"], label) for row, label in zip(every, labels, strict=True) if label in DIGITS.characters]
    pictures = (decode((folder / file.replace("\\", "/")).read_bytes(), settings) for file, _ in rows)
    glyphs = to_glyphs(pictures, progress, len(rows))
    return glyphs, np.array([DIGITS.characters.index(label) for _, label in rows], np.int64)


def my_samples(charset: Charset, split: str, settings: Settings) -> Pairs:
    """The user's own samples of a charset; a quarter of them, known by the hash of its pixels, is the test."""
    from core.samples import store

    chosen = [one for one in store.read(settings, charset.name) if _is_test(one.glyph) == (split == "test")]
    glyphs = np.stack([one.glyph for one in chosen]) if chosen else np.zeros((0, 28, 28), np.uint8)
    return glyphs, np.array([charset.characters.index(one.label) for one in chosen], np.int64)


def _is_test(glyph: NDArray[np.uint8]) -> bool:
    """The same for the same pixels, whatever else is stored, so that no image changes sides."""
    return zlib.crc32(glyph.tobytes()) % 4 == 0
