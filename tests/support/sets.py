"""The sets of pictures that reading is measured on, from the data sets at hand and from the kinds made here."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np

from core.data import doodles, doodles_held_out, unipen
from core.data.idx import read_idx
from core.data.pen_strokes import read_strokes
from core.data.strokes import PenCharacter, Strokes, draw
from tests.support.forms import FORMS, Form, padded, scaled, to_file
from tests.support.pictures import (
    EMPTY,
    KINDS,
    NOT_CHARACTERS,
    OTHER,
    SEVERAL,
    black_on_white,
    colour_pair,
    in_colours,
    plain,
    row_of,
    shown,
)
from tests.support.writing import Labelled, Pixels, digits

Picture = bytes | Pixels
"""A file, or a drawing on a canvas: RGBA, uint8 (H, W, 4), transparent but for its ink."""

OF_EACH_KIND = 100
COLOUR_PAIRS = 200
DRAWINGS = 200  # that are shown in all forms
REAL = "real digits"
FAR = "no characters"
# What looks like a digit in somebody's hand is left out: an O, an l, a B, a bracket, a slash, a comma.
UNLIKE_LETTERS = frozenset("ADEHKMNPRVWXadefhkmnpvwx")
UNLIKE_SIGNS = frozenset((*".-+:;*=><?$%#&_@^~`", '"', '\\"'))


@dataclass(frozen=True)
class Sample:
    """A picture, what is right for it (a digit, or the value of a verdict), and the name of it."""

    picture: Picture
    right: str
    name: str


@dataclass(frozen=True)
class PictureSet:
    """Pictures of one sort, made or read one at a time.

    Attributes:
        name: its family, a slash, and what it is within that; or only the family.
        at: the sample of a place, 0 to `count` - 1; always the same one.
        pool: what it is counted together with.
        group: of the sets that show the same in other forms, place by place.
    """

    name: str
    count: int
    at: Callable[[int], Sample]
    pool: str = ""
    group: str = ""


def _seeded(name: str, place: int) -> np.random.Generator:
    return np.random.default_rng([crc32(name.encode()), place])


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _of_files(name: str, paths: Sequence[Path], labels: Sequence[str], pool: str = "") -> PictureSet:
    def at(place: int) -> Sample:
        return Sample(paths[place].read_bytes(), labels[place], paths[place].name)

    return PictureSet(name, len(paths), at, pool)


def _hard_digits(data_dir: Path) -> list[PictureSet]:
    folder = data_dir / "hard-digits"
    rows = _rows(folder)
    found = []
    for source in dict.fromkeys(row["source"] for row in rows):
        mine = [row for row in rows if row["source"] == source]
        paths, labels = [folder / row["file"] for row in mine], [row["label"] for row in mine]
        found.append(_of_files(f"hard-digits/{source}", paths, labels, REAL))
    return found


def _photos(data_dir: Path) -> list[PictureSet]:
    """The single digits among the photographs."""
    folder = data_dir / "photos"
    rows = [row for row in _rows(folder) if len(row["label"]) == 1]
    return [_of_files("photos", [folder / row["file"] for row in rows], [row["label"] for row in rows], REAL)]


def _cheque_amounts(data_dir: Path) -> list[PictureSet]:
    folder = data_dir / "cheque-amounts"
    rows = [row for row in _rows(folder) if len(row["digits"]) > 1]
    return [_of_files("cheque-amounts", [folder / row["file"] for row in rows], [SEVERAL] * len(rows))]


def _failing(data_dir: Path) -> list[PictureSet]:
    """The inputs of the faults found; of three pages the first is right, and a zip stands for the pictures in it."""
    loose: list[Sample] = []
    inside: list[Sample] = []
    folder = data_dir / "failing"
    for row in _rows(folder):
        path = folder / row["file"]
        if path.suffix == ".zip":
            inside += _zipped(path)
        else:
            right = row["right"].removeprefix("three pages: ").partition(",")[0]
            loose.append(Sample(path.read_bytes(), right, path.name))
    return [
        PictureSet("failing/pictures", len(loose), loose.__getitem__),
        PictureSet("failing/import", len(inside), inside.__getitem__),
    ]


def _zipped(path: Path) -> list[Sample]:
    with zipfile.ZipFile(path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        return [Sample(archive.read(row["file"]), row["label"], f"{path.name}/{row['file']}") for row in rows]


def _mnist(data_dir: Path) -> list[PictureSet]:
    """MNIST's test images as PNG files."""
    hands = _glyphs(data_dir)

    def at(place: int) -> Sample:
        character = hands[place].character
        assert isinstance(character, np.ndarray)
        return Sample(to_file(character), hands[place].label, str(place))

    return [PictureSet("mnist", len(hands), at, REAL)]


@cache
def _glyphs(data_dir: Path) -> list[Labelled]:
    raw = data_dir / "MNIST" / "raw"
    images, labels = (read_idx(raw / f"t10k-{name}-ubyte") for name in ("images-idx3", "labels-idx1"))
    return [Labelled(str(label), image) for image, label in zip(images, labels, strict=True)]


def _optdigits(data_dir: Path) -> list[PictureSet]:
    """Both parts, as they are and in forms that change nothing about what they show."""
    folder = data_dir / "optdigits"
    images, labels = (
        np.concatenate([read_idx(folder / f"optdigits-{part}-{name}-ubyte") for part in ("tra", "cv")])
        for name in ("images-idx3", "labels-idx1")
    )

    def as_form(form: Callable[[Pixels], Pixels], place: int) -> Sample:
        return Sample(to_file(form(images[place])), str(labels[place]), str(place))

    return [
        PictureSet(f"optdigits/{name}", len(images), partial(as_form, form), "" if place else REAL, "optdigits")
        for place, (name, form) in enumerate(_OPTDIGITS_FORMS.items())
    ]


def _enlarged(interpolation: int) -> Callable[[Pixels], Pixels]:
    return lambda image: scaled(image, 4, interpolation)


def _with_margin(share: float) -> Callable[[Pixels], Pixels]:
    return lambda image: padded(scaled(image, 4, cv2.INTER_LINEAR), share, paper=0)


_OPTDIGITS_FORMS: dict[str, Callable[[Pixels], Pixels]] = {
    "as-it-is": lambda image: image,
    "nearest": _enlarged(cv2.INTER_NEAREST),
    "bilinear": _enlarged(cv2.INTER_LINEAR),
    "bicubic": _enlarged(cv2.INTER_CUBIC),
    "padded-0": _with_margin(0),
    "padded-half": _with_margin(0.5),
    "inverted": lambda image: 255 - scaled(image, 4, cv2.INTER_LINEAR),
}


def _canvas(strokes: Strokes, random: np.random.Generator) -> Pixels:
    """What the canvas holds, RGBA (280, 280, 4), when somebody draws these at any size, place and pen width."""
    drawn = draw(strokes, random)
    return np.dstack([np.zeros((*drawn.shape, 3), np.uint8), 255 - drawn])


def _pen_strokes(data_dir: Path) -> list[PictureSet]:
    found = read_strokes(data_dir, "test")

    def at(place: int) -> Sample:
        picture = _canvas(found[place].strokes, _seeded("pen-strokes", place))
        return Sample(picture, found[place].label, f"{place} of writer {found[place].writer}")

    return [PictureSet("pen-strokes", len(found), at, REAL)]


def _unipen_digits(data_dir: Path) -> list[PictureSet]:
    return [_unipen("unipen-digits", unipen.read_characters(data_dir, "digits", "test"), "", REAL)]


def _unipen(name: str, found: Sequence[PenCharacter], right: str, pool: str) -> PictureSet:
    """UNIPEN's characters on a canvas; `right` where it is not their label."""

    def at(place: int) -> Sample:
        picture = _canvas(found[place].strokes, _seeded(name, place))
        return Sample(picture, right or found[place].label, f"{place}, {found[place].label} of {found[place].writer}")

    return PictureSet(name, len(found), at, pool)


def _outliers(data_dir: Path) -> list[PictureSet]:
    """Doodles by kind, and signs and letters of test writers that look like no digit."""
    found = [
        PictureSet(f"outliers/{which}-{name}", OF_EACH_KIND, partial(_doodle, name, make), f"{FAR}, {which}")
        for which, kinds in (("held-out", doodles_held_out.HELD_OUT), ("training", doodles.TRAINING))
        for name, make in kinds.items()
    ]
    for kind, wanted in (("signs", UNLIKE_SIGNS), ("capitals", UNLIKE_LETTERS), ("small-letters", UNLIKE_LETTERS)):
        read = [one for one in unipen.read_characters(data_dir, kind, "test") if one.label in wanted]
        found.append(_unipen(f"outliers/unipen-{kind}", read, OTHER, f"{FAR}, written"))
    return found


def _doodle(name: str, make: doodles.Draw, place: int) -> Sample:
    random = _seeded(name, place)
    return Sample(to_file(plain(random, make(random))), OTHER, f"{name} {place}")


def hands(data_dir: Path, count: int) -> list[Labelled]:
    """Digits for made-up pictures: pen strokes of test writers and, in turn with them, MNIST's test images."""
    random = np.random.default_rng(2026)
    found = digits(random, count, data_dir)
    if not (data_dir / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file():
        return found
    scanned = _glyphs(data_dir)
    return [scanned[random.integers(len(scanned))] if place % 2 else one for place, one in enumerate(found)]


def _kinds(data_dir: Path) -> list[PictureSet]:
    characters = hands(data_dir, OF_EACH_KIND)
    return [
        PictureSet(f"kinds/{name}", OF_EACH_KIND, partial(_of_kind, name, characters), kind.fault)
        for name, kind in KINDS.items()
    ]


def _of_kind(name: str, characters: Sequence[Labelled], place: int) -> Sample:
    picture, right = shown(_seeded(name, place), name, characters[place])
    return Sample(to_file(picture), right, f"{name} {place}")


def _empty(_: Path) -> list[PictureSet]:
    nobody = [Labelled("", ())] * OF_EACH_KIND
    names = [*EMPTY, *NOT_CHARACTERS]
    pools = ["nothing written"] * len(EMPTY) + [f"{FAR}, dots and lines"] * len(NOT_CHARACTERS)
    return [
        PictureSet(f"empty/{name.removeprefix('empty-')}", OF_EACH_KIND, partial(_of_kind, name, nobody), pool)
        for name, pool in zip(names, pools, strict=True)
    ]


def _several(data_dir: Path) -> list[PictureSet]:
    """Two or three digits side by side."""
    characters = hands(data_dir, 3 * OF_EACH_KIND)

    def at(place: int) -> Sample:
        random = _seeded("several", place)
        row = [characters[index].character for index in random.integers(len(characters), size=random.integers(2, 4))]
        return Sample(to_file(row_of(random, row)), SEVERAL, f"several {place}")

    return [PictureSet("several", OF_EACH_KIND, at)]


def _colours(data_dir: Path) -> list[PictureSet]:
    """Drawings in pairs of colours, beside the same in black on white."""
    characters = hands(data_dir, COLOUR_PAIRS)

    def coloured(kind: str, place: int) -> Sample:
        random = _seeded("colours", place)
        picture = black_on_white(random, characters[place].character)
        paper, ink = colour_pair(random)
        name = f"{place}: {tuple(ink.tolist())} on {tuple(paper.tolist())}"
        file = to_file(in_colours(picture, paper, ink) if kind else picture, kind or "PNG")
        return Sample(file, characters[place].label, name)

    return [
        PictureSet(f"colours/{name}", COLOUR_PAIRS, partial(coloured, kind), group="colours")
        for name, kind in (("black-on-white", ""), ("png", "PNG"), ("jpeg", "JPEG"))
    ]


def _invariance(data_dir: Path) -> list[PictureSet]:
    """Drawings in all forms that change nothing about what they show."""
    characters = hands(data_dir, DRAWINGS)

    def at(name: str, form: Form, place: int) -> Sample:
        picture = black_on_white(_seeded("invariance", place), characters[place].character)
        return Sample(form(_seeded(name, place), picture), characters[place].label, f"{name} {place}")

    return [
        PictureSet(f"invariance/{name}", DRAWINGS, partial(at, name, form), group="invariance")
        for name, form in FORMS.items()
    ]


FAMILIES: dict[str, Callable[[Path], list[PictureSet]]] = {
    "hard-digits": _hard_digits,
    "optdigits": _optdigits,
    "photos": _photos,
    "mnist": _mnist,
    "pen-strokes": _pen_strokes,
    "unipen-digits": _unipen_digits,
    "cheque-amounts": _cheque_amounts,
    "several": _several,
    "failing": _failing,
    "kinds": _kinds,
    "empty": _empty,
    "colours": _colours,
    "invariance": _invariance,
    "outliers": _outliers,
}
"""From the folder of the data sets to a family's sets; FileNotFoundError or DataMissing where they are not there."""
