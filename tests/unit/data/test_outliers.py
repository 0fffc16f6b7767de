"""What a network is shown as no character: doodles, and what people write, as far as it is on the machine."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import BALANCED, DIGITS, Charset
from core.data import doodles, outliers, strokes_on_paper, unipen
from core.data.doodle_lines import SIDE
from core.data.strokes import PenCharacter
from core.settings import Settings
from core.vision.grey import Pixels
from core.vision.normalise import to_glyph
from tests.support.emnist import write_emnist
from tests.support.strokes import draw
from tests.support.unipen import on_tablet, record, write_records, writer_in

DIGIT_INKS = [strokes_on_paper.fit(255 - draw(character)) for character in "0123456789"]
IMAGES = np.stack([to_glyph(picture) for picture in DIGIT_INKS] * 4)


def dash(_: np.random.Generator) -> Pixels:
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[40:50, 10:80] = 255
    return picture


@pytest.fixture
def one_doodle(monkeypatch: pytest.MonkeyPatch) -> Pixels:
    """All doodles are dashes: this one."""
    monkeypatch.setattr(doodles, "TRAINING", {"dash": dash})
    return strokes_on_paper.fit(dash(np.random.default_rng()))


@pytest.fixture
def penned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The labels of the characters that are drawn from UNIPEN's strokes."""
    labels: list[str] = []
    from_pen = outliers.from_pen

    def watched(character: PenCharacter, random: np.random.Generator) -> Pixels:
        labels.append(character.label)
        return from_pen(character, random)

    monkeypatch.setattr(outliers, "from_pen", watched)
    return labels


def write_letters_and_signs(settings: Settings) -> None:
    """A letter that is no digit and one that is somebody's, and the same of signs, by a writer of each split."""
    writers = [writer_in(split) for split in unipen.SPLITS]
    kinds = {"capitals": ("A", "O"), "signs": ("?", "+", "|")}
    for kind, labels in kinds.items():
        written = [record(label, writer, on_tablet("A")) for writer in writers for label in labels]
        write_records(settings.data_dir, kind, written)


def other(settings: Settings, charset: Charset = DIGITS, split: str = "train", count: int = 24) -> list[Pixels]:
    return outliers.other(charset, split, count, np.random.default_rng(0), settings)


def test_without_any_data_there_are_only_doodles(settings: Settings, one_doodle: Pixels) -> None:
    found = other(settings)
    assert len(found) == 24
    assert all((picture == one_doodle).all() for picture in found)


def test_doodles_of_all_kinds_but_those_left_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def watched(name: str) -> doodles.Draw:
        def draw_one(random: np.random.Generator) -> Pixels:
            drawn.append(name)
            return dash(random)

        return draw_one

    monkeypatch.setattr(doodles, "TRAINING", {name: watched(name) for name in doodles.TRAINING})
    other(settings)
    assert set(drawn) == set(doodles.TRAINING)
    drawn.clear()
    outliers.other(DIGITS, "train", 24, np.random.default_rng(0), settings, doodles.FORM_LIKE)
    assert set(drawn) == set(doodles.TRAINING) - set(doodles.FORM_LIKE)
    drawn.clear()
    outliers.other(BALANCED, "train", 24, np.random.default_rng(0), settings)
    assert set(drawn) == set(doodles.TRAINING) - {"cross", "zigzag", "grid", "field"}, "an X, a W, an H, a U"


@pytest.mark.parametrize("split", unipen.SPLITS)
def test_half_are_written_where_there_are_such(
    settings: Settings, one_doodle: Pixels, penned: list[str], split: str
) -> None:
    write_letters_and_signs(settings)
    found = other(settings, split=split)
    assert set(penned) == {"A", "?", "+"}, "an O and a bar are somebody's digits"
    assert sum(bool((picture == one_doodle).all()) for picture in found) == len(penned) == 12


def test_letters_are_no_characters_to_digits_alone(settings: Settings, penned: list[str]) -> None:
    write_letters_and_signs(settings)
    other(settings, BALANCED)
    assert set(penned) == {"?"}, "a plus is somebody's t"


def test_scanned_letters_stand_beside_written_ones(settings: Settings, penned: list[str], one_doodle: Pixels) -> None:
    write_letters_and_signs(settings)
    write_emnist(settings.data_dir, "balanced", each=2)
    found = other(settings)
    doodled = sum(bool((picture == one_doodle).all()) for picture in found)
    assert (len(penned), doodled) == (8, 12), "a third of those that are not doodles are scans"
    penned.clear()
    other(settings, BALANCED)
    assert len(penned) == 12


def test_several_are_two_to_four_in_a_row() -> None:
    found = outliers.several(DIGIT_INKS, 12, np.random.default_rng(0))
    again = outliers.several(DIGIT_INKS, 12, np.random.default_rng(0))
    assert len(found) == 12
    assert all((one == two).all() for one, two in zip(found, again, strict=True))
    assert all(
        picture.shape == (strokes_on_paper.SIDE, strokes_on_paper.SIDE) and picture.max() > 200 for picture in found
    )


def glyphs(settings: Settings, split: str = "train", seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    return outliers.glyphs(DIGITS, IMAGES, split, 0.5, seed, settings)


def test_glyphs_of_both_kinds_repeat_by_seed_and_differ_by_split(settings: Settings) -> None:
    shown, kinds = glyphs(settings)
    assert shown.shape == (20, 28, 28)
    assert shown.dtype == np.uint8
    assert np.bincount(kinds).tolist() == [14, 6]
    assert len(outliers.NAMES) == 2
    assert (shown.max(axis=(1, 2)) > 100).all()
    assert (shown == glyphs(settings)[0]).all()
    assert (shown != glyphs(settings, seed=1)[0]).any()
    assert (shown != glyphs(settings, "validation")[0]).any()


def test_however_few_the_images_are_both_kinds_are_shown(settings: Settings) -> None:
    shown, kinds = outliers.glyphs(DIGITS, IMAGES[:2], "train", 0.01, 0, settings)
    assert len(shown) == len(kinds) == 2
    assert set(kinds) == {0, 1}
