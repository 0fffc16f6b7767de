"""Hands: strokes in units of the character's height, of the writers of one split."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.data import pen_strokes
from core.data.lines.hands import LETTERS, SIGNS, read_hands, upright
from core.data.strokes import PenCharacter
from core.errors import DataMissing
from core.settings import Settings
from tests.support.mnist import write_mnist
from tests.support.number_data import write_number_data
from tests.support.strokes import CHARACTERS
from tests.support.unipen import on_tablet, record, write_records, writer_in


def test_strokes_stand_upright_on_their_lower_left() -> None:
    strokes = upright([[(100, 500), (100, 300)], [(150, 400)]])
    assert np.allclose(strokes[0], [(0, -1), (0, 0)])
    assert np.allclose(strokes[1], [(0.25, -0.5)])


def test_a_flat_sign_is_measured_by_its_width() -> None:
    (dash,) = upright([[(0, 7), (90, 7)]])
    assert np.allclose(dash, [(0, 0), (3, 0)])


def test_a_point_has_no_size() -> None:
    (point,) = upright([[(5, 5)]])
    assert np.allclose(point, [(0, 0)])


def test_hands_are_read_of_one_split(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def strokes_of(_: Path, split: str) -> Sequence[PenCharacter]:
        asked.append(split)
        complete = [PenCharacter(digit, "1", on_tablet(digit)) for digit in CHARACTERS]
        return [*complete, PenCharacter("3", "2", on_tablet("3"))]

    write_number_data(settings.data_dir, monkeypatch)
    drawn = [record(label, writer_in("validation"), on_tablet("8")) for label in (*SIGNS, "A", "b")]
    write_records(settings.data_dir, "signs", drawn)
    monkeypatch.setattr(pen_strokes, "read_strokes", strokes_of)
    hands = read_hands(settings, "validation", ["a font"])
    assert asked == ["validation"]
    assert len(hands.writers) == 2, "one of each source: who has not written all ten digits is left out"
    assert {digit: len(ways) for digit, ways in hands.writers[0].items()} == dict.fromkeys(CHARACTERS, 1)
    assert set(hands.signs) == {*SIGNS, *LETTERS, *LETTERS.upper()}
    assert [len(hands.signs[letter]) for letter in "Ab"] == [1, 1], "signs are taken from UNIPEN's signs alone"
    assert not set("Ab") & set(SIGNS)
    assert sum(len(glyphs) for glyphs in hands.glyphs.values()) == 20, "the last tenth of MNIST"
    assert list(hands.faces) == ["a font"]


def test_missing_data_are_named(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="data download mnist"):
        read_hands(settings, "train")
    write_mnist(settings.data_dir, 60)
    with pytest.raises(DataMissing, match="data download pen-strokes"):
        read_hands(settings, "train")
