"""Some seconds of damaged input at every way in; `python -m tests.benchmarks.fuzz --minutes 10` goes on for longer."""

import random

import pytest

from tests.support.fuzzing import DOORS, try_one

ROUNDS = {"pictures": 250, "samples": 250, "models": 30, "cards": 400, "configurations": 400}


@pytest.mark.parametrize("name", DOORS)
def test_damaged_input_is_taken_or_refused_with_a_sentence(name: str) -> None:
    door, chance = DOORS[name], random.Random(17)
    for data in door.whole():
        door.enter(data)
    taken = [try_one(door, chance) for _ in range(ROUNDS[name])]
    assert not all(taken), "nothing was damaged"
