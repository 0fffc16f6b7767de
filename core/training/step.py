"""The parts of the training loop: its events, optimiser, learning rate, images of an epoch, one step, validation."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR, ReduceLROnPlateau, StepLR

from core.data.augment import augment
from core.model.inference import network_logits
from core.training.config import TrainConfig
from core.training.data import TrainingSet

ANNEALING = ("one-cycle", "cosine")
"""Schedules that end near a rate of zero."""


@dataclass(frozen=True)
class Step:
    """A finished step: the number of its epoch, of all epochs, its own in the epoch, from 1, and of all in one.

    The loss is the cross-entropy of the batch; the speed is that of this epoch so far.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    learning_rate: float
    images_per_second: float


@dataclass(frozen=True)
class Epoch:
    """A finished epoch: a row of history.csv. Losses are cross-entropies, accuracies shares of 0 to 1."""

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


Event = Callable[[Step | Epoch], None]


def make_optimiser(network: nn.Module, config: TrainConfig) -> Optimizer:
    """Adam (Kingma and Ba, 2014), AdamW (Loshchilov and Hutter, 2017), or SGD with Nesterov momentum."""
    # Fused: in one pass over each tensor, which a small network in small batches notices.
    settings: dict[str, Any] = {"lr": config.learning_rate, "weight_decay": config.weight_decay, "fused": True}
    if config.optimiser == "sgd":
        return torch.optim.SGD(network.parameters(), momentum=config.momentum, nesterov=config.momentum > 0, **settings)
    kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
    return kind(network.parameters(), **settings)


def one_cycle(optimiser: Optimizer, highest: float, steps: int, rising: float) -> OneCycleLR:
    """The one-cycle policy (Smith, 2018), with the highest rate after a share of the steps, `rising`.

    Of very few steps at least the first one rises, since torch divides by the length of the rise.
    """
    total = steps + 1
    return OneCycleLR(optimiser, highest, total_steps=total, pct_start=max(rising, 2 / total))


def make_schedule(optimiser: Optimizer, config: TrainConfig, batches: int) -> LRScheduler | None:
    """One-cycle moves with every step; the others with every epoch."""
    match config.schedule:
        case "one-cycle":
            return one_cycle(optimiser, config.learning_rate, config.epochs * batches, rising=0.25)
        case "cosine":
            return CosineAnnealingLR(optimiser, config.epochs)
        case "step":
            return StepLR(optimiser, max(config.epochs // 3, 1), gamma=0.1)
        case "plateau":
            return ReduceLROnPlateau(optimiser, factor=0.3, patience=1)
    return None


def step_epoch(schedule: LRScheduler | None, validation_loss: float) -> None:
    """Move those schedules that move with every epoch."""
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(validation_loss)
    elif schedule is not None and not isinstance(schedule, OneCycleLR):
        schedule.step()


def sample_epoch(labels: Tensor, sources: Tensor, balance: float, generator: torch.Generator) -> Tensor:
    """Draw the images that an epoch shows, in their order: indices (N,).

    Args:
        labels: int64 (N,).
        sources: uint8 (N,), the data set of each image; each is drawn as often as it has images. Empty for one alone.
        balance: 0 shows every image once, as does any value where all classes are of one size. Above 0, images of a
            class of n have a weight of n ** -balance, so that at 1 all classes of a data set come equally often. An
            image that is due 1.3 times comes once or twice, and one that is due 0.3 times once or not at all: as many
            as possible are seen. This is systematic resampling (Kitagawa, "Monte Carlo filter and smoother", 1996).
    """
    source = sources.long() if len(sources) else torch.zeros_like(labels)
    groups = source * (int(labels.max()) + 1) + labels
    counts = groups.bincount()
    if not balance or counts[counts > 0].unique().numel() == 1:
        return torch.randperm(len(labels), generator=generator)
    weights = counts.double().pow(-balance)[groups]
    weights *= (source.bincount() / source.bincount(weights))[source]
    mixed = torch.randperm(len(labels), generator=generator)
    by_class = mixed[groups[mixed].argsort(stable=True)]
    reached = weights[by_class].cumsum(dim=0)
    marks = (torch.arange(len(labels)) + torch.rand(1, generator=generator)) * (reached[-1] / len(labels))
    drawn = by_class[torch.searchsorted(reached, marks, right=True).clamp(max=len(labels) - 1)]
    return drawn[torch.randperm(len(labels), generator=generator)]


def autocast(precision: str) -> AbstractContextManager[None]:
    """Mixed precision as chosen; "auto" asks the processor for instructions that multiply bfloat16."""
    able = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=able if precision == "auto" else precision == "bfloat16")


def cross_entropy(logits: Tensor, labels: Tensor, smoothing: float, masked_classes: Tensor | None) -> Tensor:
    """The mean loss of a batch.

    Args:
        logits: float (N, C), or of columns that each learn for themselves (N, columns, C).
        smoothing: share of the target spread over all classes that take part (Szegedy et al., "Rethinking the Inception
            architecture", 2016).
        masked_classes: bool (N, C), classes that take no part for an image; None for none.
    """
    if logits.ndim == 3:
        losses = [cross_entropy(column, labels, smoothing, masked_classes) for column in logits.unbind(1)]
        return torch.stack(losses).mean()
    if masked_classes is None:
        return F.cross_entropy(logits, labels, label_smoothing=smoothing)
    logs = logits.masked_fill(masked_classes, -math.inf).log_softmax(dim=1)
    spread = logs.masked_fill(masked_classes, 0.0).sum(dim=1) / (~masked_classes).sum(dim=1)
    return (1 - smoothing) * F.nll_loss(logs, labels) - smoothing * spread.mean()


def train_step(
    network: nn.Module,
    optimiser: Optimizer,
    data: TrainingSet,
    chosen: Tensor,
    config: TrainConfig,
    generator: torch.Generator,
) -> tuple[float, int]:
    """Train on the images at `chosen`: the loss, and how many were answered right."""
    images = augment(data.images[chosen].unsqueeze(1).float() / 255, config.augmentation, generator)
    inputs, labels = (images - data.mean) / data.std, data.labels[chosen]
    if config.channels_last:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    with autocast(config.precision):
        logits = network(inputs).float()
        logits, masked_classes = data.restrict(logits, chosen)
        loss = cross_entropy(logits, labels, config.label_smoothing, masked_classes)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    votes = logits.detach() if logits.ndim == 2 else logits.detach().mean(dim=1)
    votes = votes if masked_classes is None else votes.masked_fill(masked_classes, -math.inf)
    return loss.item(), int((votes.argmax(dim=1) == labels).sum())


def copy_weights(network: nn.Module) -> dict[str, Tensor]:
    """The weights as they are now, which further training does not change."""
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


@torch.no_grad()
def update_mean(mean: dict[str, Tensor], network: nn.Module, decay: float, steps: int) -> None:
    """Update a running mean of the weights (Polyak and Juditsky 1992), faster after few steps; empty: none is kept."""
    decay = min(decay, steps / (steps + 10))
    now = network.state_dict() if mean else {}
    for name, tensor in mean.items():
        if tensor.is_floating_point():
            tensor.lerp_(now[name], 1 - decay)
        else:
            tensor.copy_(now[name])


def interpolate(weights: dict[str, Tensor], others: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Weights of which the others make up a share, 0 to 1; counters stay as they are, as all does without others."""
    return {
        name: torch.lerp(tensor, others[name], share) if others and tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def validate(network: nn.Module, data: TrainingSet) -> NDArray[np.float32]:
    """Logits (M, outputs) for the validation images; minus infinity for classes that an image's data set lacks."""
    return data.restrict_validation(network_logits(network, data.validation_images, data.mean, data.std))
