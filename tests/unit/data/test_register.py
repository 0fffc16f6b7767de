"""The register: what follows from its lines, and what must be said of every data set."""

from pathlib import Path

import pytest

from core.charsets import CHARSETS
from core.data.register import ALWAYS_PRESENT, SOURCES, get_source, is_mine, samples_of
from core.errors import ConfigError
from core.jobs import ignore
from core.settings import PROJECT_ROOT, Settings
from core.training.config import DATASET_NAMES

NOWHERE = Settings(Path("/nowhere"), Path("/nowhere"))


def documentation() -> str:
    return "".join(path.read_text() for path in (PROJECT_ROOT / "README.md", *PROJECT_ROOT.glob("docs/*.md")))


@pytest.mark.parametrize("name", SOURCES)
def test_the_documentation_names_every_data_set(name: str) -> None:
    assert f"`{name}`" in documentation() or (is_mine(name) and "`my-samples-balanced`" in documentation())


def test_a_model_is_trained_on_every_data_set_with_training_images() -> None:
    assert [name for name in SOURCES if name not in DATASET_NAMES] == ["optdigits", "photos"]


def test_the_one_that_is_always_present_needs_no_files() -> None:
    assert get_source(ALWAYS_PRESENT).present(NOWHERE)
    assert {"train", "test"} <= set(get_source(ALWAYS_PRESENT).splits)


def test_the_samples_of_every_charset_are_a_data_set() -> None:
    assert {samples_of(charset) for charset in CHARSETS.values()} == set(filter(is_mine, SOURCES))
    assert not is_mine("mnist")
    assert not is_mine("moon")


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if not source.downloadable])
def test_what_cannot_be_downloaded_says_so(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be fetched"):
        get_source(name).download(Path("/nowhere"), ignore)


def test_an_overlap_is_known_from_both_sides() -> None:
    for source in SOURCES.values():
        assert all(source.name in get_source(other).overlaps_with for other in source.overlaps_with)
