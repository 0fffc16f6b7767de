"""The optimiser of a training, and the course of its learning rate."""

from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR, ReduceLROnPlateau, StepLR

from core.training.config import TrainConfig

ANNEALING = ("one-cycle", "cosine")
"""Schedules that end near a rate of zero."""


def make_optimiser(network: nn.Module, config: TrainConfig) -> Optimizer:
    """Adam (Kingma and Ba, 2014), AdamW (Loshchilov and Hutter, 2017), or SGD with Nesterov momentum."""
    # Fused: in one pass over each tensor, which a small network in small batches notices.
    settings: dict[str, Any] = {"lr": config.learning_rate, "weight_decay": config.weight_decay, "fused": True}
    if config.optimiser == "sgd":
        return torch.optim.SGD(network.parameters(), momentum=config.momentum, nesterov=config.momentum > 0, **settings)
    kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
    return kind(network.parameters(), **settings)


def one_cycle(optimiser: Optimizer, highest: float, steps: int, rising: float) -> OneCycleLR:
    """The one-cycle policy (Smith, 2018).

    Args:
        optimiser: whose rate it moves, after every step.
        highest: learning rate.
        steps: of the whole training.
        rising: share of the steps in which the rate rises; of very few steps at least the first one does, since
            torch divides by the length of the rise.
    """
    total = steps + 1
    return OneCycleLR(optimiser, highest, total_steps=total, pct_start=max(rising, 2 / total))


def make_schedule(optimiser: Optimizer, config: TrainConfig, batches: int) -> LRScheduler | None:
    """One-cycle (Smith, 2018) moves with every step; the others with every epoch."""
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
