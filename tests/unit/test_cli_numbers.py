"""What commands that are not for readers of numbers alone do with one."""

import shutil
from collections.abc import Iterator

import pytest
import torch

from core.cli.main import main
from core.data.lines.photographed import MEASURED_ON, split_of
from core.errors import ModelError
from core.model.numbers_library import load_numbers
from core.settings import Settings
from tests.support.models import make_model
from tests.support.number_data import write_cheques
from tests.support.numbers import make_numbers


@pytest.fixture
def place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A library with a model and a reader of numbers, and torch's threads as they were."""
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    for name in ("data_dir", "models_dir", "database_url"):
        monkeypatch.setenv(f"DIGITS_{name.upper()}", str(getattr(settings, name)))
    threads = torch.get_num_threads()
    yield settings
    torch.set_num_threads(threads)


def test_a_reader_without_its_second_opinion_is_listed_as_damaged(
    place: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    shutil.rmtree(place.models_dir / "tiny")
    assert main(["models"]) == 1
    assert "checks itself with the model 'tiny'. There is no model 'tiny'" in capsys.readouterr().out
    assert main(["evaluate", "numbers", "--dataset", MEASURED_ON]) == 2
    assert "checks itself with the model 'tiny'" in capsys.readouterr().err


def test_a_reader_that_cannot_be_loaded_is_listed_as_damaged(
    place: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    make_model(place, charset="balanced")
    assert main(["models"]) == 1
    assert "damaged: A reader of numbers checks itself with the model 'tiny'. It reads" in capsys.readouterr().out
    with pytest.raises(ModelError, match="It reads letters and digits instead of digits"):
        load_numbers(place)


def test_an_evaluation_reads_on_each_core_with_one_thread(place: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"a_car_0000{number:02}.jpg": "7" for number in range(20)}
    write_cheques(place.data_dir / MEASURED_ON, files)
    torch.set_num_threads(2)
    assert main(["evaluate", "numbers", "--dataset", MEASURED_ON]) == 0
    assert torch.get_num_threads() == 1
    assert f"{sum(split_of(file) == 'test' for file in files)} lines" in capsys.readouterr().out
    torch.set_num_threads(2)
    assert main(["evaluate", "tiny", "--dataset", "uci-digits"]) == 0
    assert torch.get_num_threads() == 1


@pytest.mark.usefixtures("place")
def test_a_training_does_not_take_the_name_of_a_reader(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--name", "numbers", "--datasets", "uci-digits"]) == 2
    assert "There is a reader of numbers 'numbers'" in capsys.readouterr().err
    assert main(["train-numbers", "tiny"]) == 2
    assert "There is a model 'tiny' that is no reader of numbers" in capsys.readouterr().err
