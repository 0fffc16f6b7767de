"""The generators of the measuring: what they give is a picture, and always the same one."""

from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from core.settings import get_settings
from core.vision.decode import decode
from tests.support.forms import FORMS, padded
from tests.support.parts import LARGEST, LARGEST_PAGE
from tests.support.pictures import (
    BLANK,
    EMPTY,
    KINDS,
    NOT_CHARACTERS,
    OTHER,
    TELLABLE,
    black_on_white,
    colour_pair,
    in_colours,
    row_of,
    shown,
)
from tests.support.writing import Labelled, along, bounds, digits, fit, pieces

MADE = [*KINDS, *NOT_CHARACTERS, *EMPTY]


@cache
def characters(count: int) -> list[Labelled]:
    """Strokes of the tests' own and, in turn with them, glyphs as coarse as they come."""
    scanned = load_digits()
    glyphs = [(image * 15.9).astype(np.uint8) for image in scanned.images[:count]]
    return [
        Labelled(str(scanned.target[place]), glyphs[place]) if place % 2 else one
        for place, one in enumerate(digits(np.random.default_rng(0), count))
    ]


@pytest.mark.parametrize("kind", MADE)
def test_each_kind_gives_pictures_and_the_same_ones_again(kind: str) -> None:
    sizes = set()
    for place, character in enumerate(characters(4)):
        picture, right = shown(np.random.default_rng(place), kind, character)
        again, _ = shown(np.random.default_rng(place), kind, character)
        assert picture.tobytes() == again.tobytes()
        assert right == (OTHER if kind in NOT_CHARACTERS else BLANK if kind in EMPTY else character.label)
        assert picture.dtype == np.uint8
        assert picture.ndim == 2 or picture.shape[2:] == (3,)
        assert min(picture.shape[:2]) >= 20
        assert max(picture.shape[:2]) <= (LARGEST_PAGE if "page" in kind else LARGEST) + 1
        assert np.ptp(picture) >= 15 or kind in EMPTY
        sizes.add(picture.shape)
    assert len(sizes) > 1


@pytest.mark.parametrize("kind", MADE)
def test_another_seed_gives_another_picture(kind: str) -> None:
    (character,) = characters(1)
    one, other = (shown(np.random.default_rng(seed), kind, character)[0].tobytes() for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("kind", [name for name in KINDS if f"empty-{name}" in EMPTY])
def test_an_empty_one_has_no_character_in_it(kind: str) -> None:
    (character,) = characters(1)
    inked, empty = (shown(np.random.default_rng(0), name, character)[0] for name in (kind, f"empty-{kind}"))
    assert inked.tobytes() != empty.tobytes()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_a_file_that_decodes_and_the_same_one_again(form: str) -> None:
    for place, character in enumerate(characters(3)):
        picture = black_on_white(np.random.default_rng(place), character.character)
        file, again = (FORMS[form](np.random.default_rng(place), picture) for _ in range(2))
        assert file == again
        height, width, channels = decode(file, get_settings()).shape
        assert channels == 4
        assert min(height, width) >= 4
        assert max(height, width) <= 2048


def test_the_forms_are_what_they_are_called() -> None:
    picture = black_on_white(np.random.default_rng(0), characters(1)[0].character)
    opened = {name: Image.open(BytesIO(form(np.random.default_rng(0), picture))) for name, form in FORMS.items()}
    modes = {"as-it-is": "L", "rgb": "RGB", "palette": "P", "16-bit": "I;16", "alpha": "RGBA", "colours": "RGB"}
    assert {name: opened[name].mode for name in modes} == modes
    assert (opened["jpeg-60"].format, opened["bmp"].format) == ("JPEG", "BMP")
    assert np.array_equal(np.asarray(opened["inverted"]), 255 - picture)
    assert np.array_equal(np.asarray(opened["as-it-is"]), picture)


def test_padding_is_counted_from_the_ink() -> None:
    picture = np.full((60, 90), 255, np.uint8)
    picture[20:40, 30:40] = 0
    assert padded(picture, 0).shape == (20, 10)
    assert padded(picture, 0.5).shape == (40, 30)
    assert padded(255 - picture, 0.5)[0, 0] == 0
    assert padded(np.zeros((32, 32), np.uint8), 0).shape == (32, 32)
    picture[10:50, 30:40] = 0
    assert padded(picture, 0).shape == (40, 20)


def test_the_colours_of_a_pair_can_be_told_apart() -> None:
    random = np.random.default_rng(0)
    distances = [int(np.abs(paper - ink).max()) for paper, ink in (colour_pair(random) for _ in range(200))]
    assert min(distances) >= TELLABLE
    assert sum(distance <= TELLABLE + 15 for distance in distances) > 60
    picture = np.array([[0, 255], [128, 255]], np.uint8)
    assert in_colours(picture, np.array([200, 100, 0]), np.array([0, 100, 200]))[0].tolist() == [
        [0, 100, 200],
        [200, 100, 0],
    ]


def test_several_stand_side_by_side() -> None:
    three = [one.character for one in characters(3)]
    one, again = (row_of(np.random.default_rng(1), three) for _ in range(2))
    assert np.array_equal(one, again)
    inked = (one < 128).any(axis=0).astype(np.int8)
    assert np.count_nonzero(np.diff(inked) == 1) == 3


def test_ink_is_cut_tight_at_any_size() -> None:
    for character in characters(6):
        for side in (20, 57, 400):
            ink = fit(character.character, side, max(1.3, side / 10))
            assert abs(max(ink.shape) - side) <= 1
            assert ink.dtype == np.float32
            assert ink.min() >= 0
            assert 0.5 < ink.max() <= 1
            assert all(edge.max() > 0 for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_lines_are_cut_where_points_are_left_out() -> None:
    fine = along((np.array([[0.0, 0.0], [10.0, 0.0]]),), 0.1)
    keep = np.ones(11, np.bool_)
    keep[4:7] = False
    assert [part[:, 0].tolist() for part in pieces(fine, keep)] == [[0, 1, 2, 3], [7, 8, 9, 10]]
    low, high = bounds(fine)
    assert (low.tolist(), high.tolist()) == ([0, 0], [10, 0])


def test_digits_are_the_same_ones_again_and_of_every_class(tmp_path: Path) -> None:
    one, other = (digits(np.random.default_rng(5), 40, tmp_path) for _ in range(2))
    assert [digit.label for digit in one] == [str(place % 10) for place in range(40)]
    for first, second in zip(one, other, strict=True):
        assert np.array_equal(np.concatenate(first.character), np.concatenate(second.character))
