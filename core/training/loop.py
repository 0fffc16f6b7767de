"""The training loop: one function that turns a configuration into a trained network, telling how it goes."""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    LRScheduler,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)

from core.data.augment import augment
from core.evaluation.calibration import apply_temperature
from core.evaluation.metrics import negative_log_likelihood
from core.model.architectures import build
from core.model.inference import network_logits
from core.training.config import TrainConfig
from core.training.data import TrainingSet


@dataclass(frozen=True)
class Step:
    """Where a training is, told after every step."""

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


@dataclass
class Trained:
    """What a training leaves: the network of its best epoch, and its course."""

    network: nn.Module
    mean: float
    std: float
    best_epoch: int = 0
    history: list[Epoch] = field(default_factory=list)

    def rows(self) -> list[dict[str, float]]:
        """The history as plain rows."""
        return [asdict(epoch) for epoch in self.history]


ANNEALING = ("one-cycle", "cosine")

Event = Callable[[Step | Epoch], None]


def fit(config: TrainConfig, data: TrainingSet, on_event: Event, max_steps: int = 0) -> Trained:
    """Train a network.

    A schedule that ends near a rate of zero (one-cycle, cosine) is run for the sake of its last epoch, so that one
    is kept: to pick among epochs would be to pick the luck of the validation images. Otherwise, and where early
    stopping is asked for, the epoch with the best validation accuracy is kept, the lower loss deciding between
    equals. The same configuration, data, machine and number of threads give the same network.

    Args:
        config: how.
        data: on what.
        on_event: told of every step and every epoch.
        max_steps: stop after so many steps, as a trial run; 0 for none.
    """
    torch.manual_seed(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    network = build(config.architecture, data.classes, config.dropout)
    if config.channels_last:
        network = network.to(memory_format=torch.channels_last)
    batches = math.ceil(len(data.images) / config.batch_size)
    optimiser = make_optimiser(network, config)
    schedule = make_schedule(optimiser, config, batches)
    trained = Trained(network, data.mean, data.std)
    best_weights: dict[str, Tensor] = {}
    keep_last = config.schedule in ANNEALING and not config.patience
    steps_done = 0
    for number in range(1, config.epochs + 1):
        started = time.perf_counter()
        network.train()
        loss_sum = right = seen = 0.0
        order = torch.randperm(len(data.images), generator=generator)
        for step, chosen in enumerate(order.split(config.batch_size), 1):
            if len(chosen) < 2:  # batch norm needs two images
                continue
            rate = optimiser.param_groups[0]["lr"]
            loss, hits = _train_step(network, optimiser, data, chosen, config, generator)
            if isinstance(schedule, OneCycleLR):
                schedule.step()
            loss_sum, right, seen = loss_sum + loss * len(chosen), right + hits, seen + len(chosen)
            speed = seen / (time.perf_counter() - started)
            on_event(Step(number, config.epochs, step, batches, loss, rate, speed))
            steps_done += 1
            if steps_done == max_steps:
                break
        validation_loss, validation_accuracy = _validate(network, data)
        trained.history.append(
            Epoch(
                number,
                loss_sum / seen,
                right / seen,
                validation_loss,
                validation_accuracy,
                rate,
                time.perf_counter() - started,
            )
        )
        if keep_last or _is_best(trained.history):
            trained.best_epoch = number
            best_weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        on_event(trained.history[-1])
        _step_epoch(schedule, validation_loss)
        if steps_done == max_steps or 0 < config.patience <= number - trained.best_epoch:
            break
    network.load_state_dict(best_weights)
    return trained


def _train_step(
    network: nn.Module,
    optimiser: Optimizer,
    data: TrainingSet,
    chosen: Tensor,
    config: TrainConfig,
    generator: torch.Generator,
) -> tuple[float, int]:
    """One batch: returns its loss and how many were right."""
    images = augment(data.images[chosen].unsqueeze(1).float() / 255, config.augmentation, generator)
    inputs, labels = (images - data.mean) / data.std, data.labels[chosen]
    if config.channels_last:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    with arithmetic(config.precision):
        logits = network(inputs).float()
        loss = F.cross_entropy(logits, labels, label_smoothing=config.label_smoothing)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.item(), int((logits.argmax(dim=1) == labels).sum())


def arithmetic(precision: str) -> AbstractContextManager[None]:
    """Mixed precision as chosen; "auto" asks the processor for its bfloat16 matrix instructions."""
    fast = torch.cpu._is_amx_tile_supported() if precision == "auto" else precision == "bfloat16"
    return torch.autocast("cpu", torch.bfloat16, enabled=fast)


def make_optimiser(network: nn.Module, config: TrainConfig) -> Optimizer:
    """Adam (Kingma and Ba, 2014), AdamW (Loshchilov and Hutter, 2017), or SGD with Nesterov momentum."""
    settings: dict[str, Any] = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
    if config.optimiser == "sgd":
        return torch.optim.SGD(network.parameters(), momentum=config.momentum, nesterov=config.momentum > 0, **settings)
    kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
    return kind(network.parameters(), **settings)


def make_schedule(optimiser: Optimizer, config: TrainConfig, batches: int) -> LRScheduler | None:
    """One-cycle (Smith, 2018) moves with every step; the others with every epoch."""
    match config.schedule:
        case "one-cycle":
            return OneCycleLR(optimiser, config.learning_rate, total_steps=config.epochs * batches + 1, pct_start=0.25)
        case "cosine":
            return CosineAnnealingLR(optimiser, config.epochs)
        case "step":
            return StepLR(optimiser, max(config.epochs // 3, 1), gamma=0.1)
        case "plateau":
            return ReduceLROnPlateau(optimiser, factor=0.3, patience=1)
    return None


def _step_epoch(schedule: LRScheduler | None, validation_loss: float) -> None:
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(validation_loss)
    elif schedule is not None and not isinstance(schedule, OneCycleLR):
        schedule.step()


def _validate(network: nn.Module, data: TrainingSet) -> tuple[float, float]:
    """Loss and accuracy on the validation images."""
    logits = network_logits(network, data.validation_images, data.mean, data.std)
    accuracy = float((logits.argmax(axis=1) == data.validation_labels).mean())
    return negative_log_likelihood(apply_temperature(logits, 1.0), data.validation_labels), accuracy


def _is_best(history: list[Epoch]) -> bool:
    def rank(epoch: Epoch) -> tuple[float, float]:
        return epoch.validation_accuracy, -epoch.validation_loss

    return all(rank(history[-1]) > rank(earlier) for earlier in history[:-1])
