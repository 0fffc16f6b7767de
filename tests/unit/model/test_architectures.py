import pytest
import torch

from core.errors import ConfigError
from core.model import architectures
from core.model.architectures import ARCHITECTURES, build, count_parameters, rename_weights
from core.model.blocks import Votes


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("classes", [3, 10, 47])
def test_every_architecture_gives_logits_for_every_class(name: str, classes: int) -> None:
    network = build(name, classes, 0.3).eval()
    assert network(torch.rand(2, 1, 28, 28)).shape == (2, classes)


def test_sizes_are_as_promised() -> None:
    sizes = {name: count_parameters(build(name, 10, 0.0)) for name in ARCHITECTURES}
    assert sizes == {
        "light": 70_586,
        "fast": 157_714,
        "wide": 614_338,
        "columns": 1_228_666,
        "branches": 1_846_506,
        "attention": 230_346,
        "resnet": 545194,
        "batchnorm": 468_010,
        "classic": 241_546,
        "lenet5": 61_706,
    }


@pytest.mark.parametrize(("name", "count"), [("columns", 2), ("branches", 3)])
def test_columns_learn_each_for_itself_and_decide_by_their_mean(name: str, count: int) -> None:
    network = build(name, 10, 0.0)
    images = torch.rand(4, 1, 28, 28)
    votes = network.train()(images)
    assert votes.shape == (4, count, 10)
    votes[:, 0].sum().backward()
    moved = [name for name, weights in network.named_parameters() if weights.grad is not None and weights.grad.any()]
    assert {name.split(".")[2] for name in moved if "columns" in name} == {"0"}
    network.eval()
    decided = network(images)
    for module in network.modules():
        module.training = isinstance(module, Votes)
    torch.testing.assert_close(network(images).mean(dim=1), decided)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_stages_are_named_and_weights_saved_by_position_get_their_names(name: str) -> None:
    network = build(name, 10, 0.3)
    stages = [stage for stage, _ in network.named_children()]
    assert stages[-1] == "output"
    assert not any(stage.isdigit() for stage in stages)
    weights = network.state_dict()
    former = {former: weights[name] for former, name in architectures._names_by_position(network).items()}
    assert all(part.isdigit() for part in (key.split(".")[0] for key in former))
    renamed = rename_weights(network, former)
    assert list(renamed) == list(weights)
    assert all(renamed[name] is tensor for name, tensor in weights.items())
    assert list(rename_weights(network, weights)) == list(weights)


@pytest.mark.parametrize("arguments", [("perceptron", 10, 0.1), ("fast", 1, 0.1), ("fast", 10, 1.0)])
def test_bad_arguments_are_refused(arguments: tuple[str, int, float]) -> None:
    with pytest.raises(ConfigError):
        build(*arguments)
