"""The names that a training may give its model."""

import pytest

from core.errors import ConfigError
from core.runs import queue
from core.settings import Settings
from core.training.config import TrainConfig
from tests.support.models import make_model
from tests.support.numbers import make_numbers


def test_names_of_models_trainings_and_readers_of_numbers_are_taken(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings)
    queue.create(TrainConfig(name="coming"), settings)
    assert queue.taken_names(settings) == {"tiny", "numbers", "coming"}
    assert queue.free_name("numbers", settings) == "numbers-2"
    for name in ("tiny", "numbers", "coming"):
        with pytest.raises(ConfigError, match=f"The name '{name}' is taken"):
            queue.create(TrainConfig(name=name), settings)
