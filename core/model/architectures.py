"""The register of networks to choose from. A new one is a builder in `core.model.networks` and an entry here.

Forms and command lines list them from here, so this module imports torch only to build one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn


@dataclass(frozen=True)
class Architecture:
    name: str  # of its builder
    title: str
    description: str


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture("light", "Light CNN", "The fast one with two thirds of its filters: trains in a minute."),
        Architecture("fast", "Fast CNN", "Five convolutions behind an early stride: trains in minutes."),
        Architecture("wide", "Wide CNN", "Six convolutions, the first at full size: for letters."),
        Architecture("columns", "Multi-column CNN", "Two wide networks side by side that vote together: for letters."),
        Architecture(
            "branches",
            "Branching CNN",
            "Three columns that share their first layers and vote together: the best for letters.",
        ),
        Architecture(
            "attention",
            "Attention CNN",
            "Convolutions, then a small transformer in which each part of the picture attends to the others.",
        ),
        Architecture(
            "resnet", "Small ResNet", "Four residual blocks: the most accurate, about three times slower than fast."
        ),
        Architecture("batchnorm", "Batch-norm CNN", "Two blocks with batch norm and dropout, as in tutorials."),
        Architecture("classic", "32-64-128 CNN", "Three convolutions with max pooling and a dense layer."),
        Architecture("lenet5", "LeNet-5", "The network of 1998 that read cheques: small and instructive."),
    )
}


def build(name: str, classes: int, dropout: float) -> "nn.Sequential":
    """An untrained network; ConfigError where the name is unknown or a number out of range."""
    from core.model import networks

    if name not in ARCHITECTURES:
        raise ConfigError(f"There is no architecture {name!r}. Known: {', '.join(ARCHITECTURES)}.")
    if classes < 2 or not 0 <= dropout < 1:
        raise ConfigError(f"Expected at least 2 classes and a dropout from 0 to below 1, got {classes} and {dropout}.")
    built: nn.Sequential = getattr(networks, name)(classes, dropout)
    return built


def count_parameters(network: "nn.Module") -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def rename_weights(network: "nn.Module", weights: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """Weights under the names of the network's stages, where an earlier version saved them under their positions."""
    names = _names_by_position(network)
    return {names.get(name, name): tensor for name, tensor in weights.items()}


def _names_by_position(network: "nn.Module") -> dict[str, str]:
    """The names in a network's `state_dict`, by what they are where every stage is called by its position."""
    from torch import nn

    positions = {
        f"{path}.{name}".lstrip("."): str(position)
        for path, module in network.named_modules()
        if isinstance(module, nn.Sequential)
        for position, (name, _) in enumerate(module.named_children())
    }

    def by_position(name: str) -> str:
        parts = name.split(".")
        return ".".join(positions.get(".".join(parts[: end + 1]), part) for end, part in enumerate(parts))

    return {by_position(name): name for name in network.state_dict()}
