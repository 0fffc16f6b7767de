"""What a reader of numbers says that it has learnt from."""

import numpy as np
import pytest

from core.data.lines.hands import read_hands
from core.data.lines.photographed import PhotographedLine
from core.settings import Settings
from core.training.lines.sources import line_sources
from tests.support.number_data import write_number_data

CHEQUES = [PhotographedLine(np.full((20, 60), level, np.uint8), "12", True) for level in (100, 110, 120)]
CELLS = [PhotographedLine(np.full((20, 20), level, np.uint8), "3", False) for level in (130, 140)]


def test_every_source_is_named_and_counted_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_number_data(settings.data_dir, monkeypatch)
    hands = read_hands(settings, "train")
    sources = line_sources(settings, hands, CHEQUES, CELLS)
    assert {source.name: source.images for source in sources} == {
        "pen-strokes": 10,
        "unipen-digits": 10,
        "unipen-capitals": 26,
        "unipen-small-letters": 26,
        "unipen-signs": 8,
        "mnist": 180,
        "orand-car-a": 3,
        "sudoku": 2,
    }
    assert len({source.sha256 for source in sources}) == len(sources)
    assert all(len(source.sha256) == 64 and source.licence for source in sources)
    titles = {source.name: source.title for source in sources}
    assert titles["unipen-digits"] == "UNIPEN digits (stand-in)", "these are not the published ones"
    assert [source.name for source in line_sources(settings, hands, [], CELLS)][-2:] == ["mnist", "sudoku"]
