"""The networks to choose from. Every one takes float (N, 1, 28, 28) and gives logits (N, classes);
one of columns gives (N, columns, classes) in training mode, where each column learns for itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import nn

from core.errors import ConfigError
from core.model.blocks import Attention, Columns, Residual, Votes, conv


@dataclass(frozen=True)
class Architecture:
    """A network's name, what it is in a sentence, and how to build it from (classes, dropout)."""

    name: str
    title: str
    description: str
    build: Callable[[int, float], nn.Module]


def lenet5(classes: int, dropout: float) -> nn.Module:
    """LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and max pooling."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),  # (N, 6, 28, 28)
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),  # (N, 16, 10, 10)
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),  # (N, 400)
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(84, classes),
    )


def batchnorm(classes: int, dropout: float) -> nn.Module:
    """Two blocks of two convolutions with batch norm and dropout: the usual tutorial network."""
    return nn.Sequential(
        conv(1, 32),
        conv(32, 32),
        nn.MaxPool2d(2),  # (N, 32, 14, 14)
        nn.Dropout(dropout / 2),
        conv(32, 64),
        conv(64, 64),
        nn.MaxPool2d(2),  # (N, 64, 7, 7)
        nn.Dropout(dropout / 2),
        nn.Flatten(),  # (N, 3136)
        nn.Linear(3136, 128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, classes),
    )


def classic(classes: int, dropout: float) -> nn.Module:
    """32, 64 and 128 filters of 3x3, each followed by max pooling, then a dense layer of 128."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 32, 14, 14)
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 64, 7, 7)
        nn.Conv2d(64, 128, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 128, 3, 3)
        nn.Flatten(),  # (N, 1152)
        nn.Linear(1152, 128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, classes),
    )


def _strided(first: int, second: int, third: int, classes: int, dropout: float) -> nn.Module:
    """An early stride of two leaves a quarter of the work, batch norm lets it learn in few epochs."""
    return nn.Sequential(
        conv(1, first, kernel=5, stride=2),  # (N, first, 14, 14)
        conv(first, second),
        conv(second, second),
        nn.MaxPool2d(2),  # (N, second, 7, 7)
        conv(second, third),
        conv(third, third),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),  # (N, third)
        nn.Dropout(dropout),
        nn.Linear(third, classes),
    )


def light(classes: int, dropout: float) -> nn.Module:
    """Five convolutions of 16, 32 and 64 filters behind an early stride."""
    return _strided(16, 32, 64, classes, dropout)


def fast(classes: int, dropout: float) -> nn.Module:
    """Five convolutions of 24, 48 and 96 filters behind an early stride."""
    return _strided(24, 48, 96, classes, dropout)


def wide(classes: int, dropout: float) -> nn.Module:
    """Pairs of convolutions of 24, 48 and 96 filters, at the full size, half and a quarter of it, and a dense layer.

    Letters need the first layers' full size: where a stroke ends tells a g from a 9. Pairs of small filters are after
    Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014.
    """
    return nn.Sequential(*_full_size(24), *_smaller(24, 48, 96, 96, dropout), nn.Linear(96, classes))


def _full_size(filters: int) -> Iterator[nn.Module]:
    yield conv(1, filters)
    yield conv(filters, filters)
    yield nn.MaxPool2d(2)  # (N, filters, 14, 14)


def _smaller(first: int, second: int, third: int, features: int, dropout: float) -> Iterator[nn.Module]:
    yield conv(first, second)
    yield conv(second, second)
    yield nn.MaxPool2d(2)  # (N, second, 7, 7)
    yield conv(second, third)
    yield conv(third, third)
    yield nn.Flatten()  # (N, 49 third)
    yield nn.Dropout(dropout)
    yield nn.Linear(49 * third, features, bias=False)
    yield nn.BatchNorm1d(features)
    yield nn.ReLU(inplace=True)
    yield nn.Dropout(dropout)


def columns(classes: int, dropout: float) -> nn.Module:
    """Two columns, each of them built like `wide`.

    After Cireşan, Meier and Schmidhuber, "Multi-column deep neural networks for image classification", 2012, whose
    columns saw differently prepared images. These differ in what they began with, and are trained together.
    """
    count, features = 2, 96
    return nn.Sequential(
        Columns(*(nn.Sequential(*_full_size(24), *_smaller(24, 48, 96, features, dropout)) for _ in range(count))),
        Votes(count, features, classes),
    )


def branches(classes: int, dropout: float) -> nn.Module:
    """Three columns that share their first layers, a third of the work of each.

    After Lee and others, "Why M heads are better than one: training a diverse ensemble of deep networks", 2015.
    """
    count, features = 3, 96
    return nn.Sequential(
        *_full_size(32),
        Columns(*(nn.Sequential(*_smaller(32, 48, 96, features, dropout)) for _ in range(count))),
        Votes(count, features, classes),
    )


def attention(classes: int, dropout: float) -> nn.Module:
    """Three convolutions to 7x7 places of 96 channels, then two layers in which each place attends to all others."""
    return nn.Sequential(
        conv(1, 32, kernel=5, stride=2),  # (N, 32, 14, 14)
        conv(32, 64),
        conv(64, 96, stride=2),  # (N, 96, 7, 7)
        Attention(96, side=7, layers=2, heads=4),  # (N, 96)
        nn.Dropout(dropout),
        nn.Linear(96, classes),
    )


def resnet(classes: int, dropout: float) -> nn.Module:
    """Behind an early stride, four residual blocks of 64 and 112 channels at 14 and 7 pixels, then their mean."""
    return nn.Sequential(
        conv(1, 32, kernel=5, stride=2),  # (N, 32, 14, 14)
        Residual(32, 64),
        Residual(64, 64),
        Residual(64, 112, stride=2),  # (N, 112, 7, 7)
        Residual(112, 112),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),  # (N, 112)
        nn.Dropout(dropout),
        nn.Linear(112, classes),
    )


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture("light", "Light CNN", "The fast one with two thirds of its filters: trains in a minute.", light),
        Architecture("fast", "Fast CNN", "Five convolutions behind an early stride: trains in minutes.", fast),
        Architecture("wide", "Wide CNN", "Six convolutions, the first at full size: for letters.", wide),
        Architecture(
            "columns",
            "Multi-column CNN",
            "Two wide ones side by side whose votes count together: for letters.",
            columns,
        ),
        Architecture(
            "branches",
            "Branching CNN",
            "Three columns that share their beginning, and whose votes count together: the best for letters.",
            branches,
        ),
        Architecture(
            "attention",
            "Attention CNN",
            "Convolutions, then a small transformer in which each part of the picture attends to the others.",
            attention,
        ),
        Architecture(
            "resnet",
            "Small ResNet",
            "Four residual blocks: the most accurate, about three times slower than fast.",
            resnet,
        ),
        Architecture(
            "batchnorm", "Batch-norm CNN", "Two blocks with batch norm and dropout, as in tutorials.", batchnorm
        ),
        Architecture("classic", "32-64-128 CNN", "Three convolutions with max pooling and a dense layer.", classic),
        Architecture("lenet5", "LeNet-5", "The network of 1998 that read cheques: small and instructive.", lenet5),
    )
}


def build(name: str, classes: int, dropout: float) -> nn.Module:
    """Make an untrained network.

    Args:
        name: a key of ARCHITECTURES.
        classes: number of outputs, at least 2.
        dropout: share of activations left out in training, 0 to less than 1.

    Raises:
        ConfigError: the name is unknown or a number out of range.
    """
    if name not in ARCHITECTURES:
        raise ConfigError(f"There is no architecture {name!r}. Known: {', '.join(ARCHITECTURES)}.")
    if classes < 2 or not 0 <= dropout < 1:
        raise ConfigError(f"Expected at least 2 classes and a dropout from 0 to below 1, got {classes} and {dropout}.")
    return ARCHITECTURES[name].build(classes, dropout)


def count_parameters(network: nn.Module) -> int:
    """Number of trained weights."""
    return sum(parameter.numel() for parameter in network.parameters())
