import pytest
import torch

from core.training.step import one_cycle


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_one_cycle_rises_and_falls_in_the_fewest_steps(steps: int) -> None:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    schedule, rates = one_cycle(optimiser, 0.1, steps, rising=0.25), []
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert rates[0] == pytest.approx(0.1 / 25)
    assert max([*rates, optimiser.param_groups[0]["lr"]]) == pytest.approx(0.1)
