"""The training loop: from a configuration to a trained network, to be stopped after any step and taken up again."""

import copy
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from core.data.augment import augment
from core.errors import ConfigError
from core.evaluation.calibration import apply_temperature
from core.evaluation.metrics import negative_log_likelihood
from core.model.architectures import build
from core.model.checkpoint import as_stored
from core.model.inference import network_logits
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.events import Epoch, Event, Step
from core.training.schedule import ANNEALING, make_optimiser, make_schedule, step_epoch


@dataclass(frozen=True)
class Trained:
    """What a training leaves: the network of its best epoch, and its course."""

    network: nn.Module
    mean: float
    std: float
    best_epoch: int
    history: list[Epoch]

    def rows(self) -> list[dict[str, float]]:
        """The history as plain rows."""
        return [asdict(epoch) for epoch in self.history]


def fit(
    config: TrainConfig,
    data: TrainingSet,
    on_event: Event,
    max_steps: int = 0,
    weights: Mapping[str, Tensor] | None = None,
) -> Trained:
    """Train a network from beginning to end.

    Args:
        config: how.
        data: on what.
        on_event: told of every step and every epoch.
        max_steps: stop after so many steps of the first epoch, as a trial run; 0 for none.
        weights: to start from; None to start from scratch.
    """
    training = Training(config, data, max_steps, weights)
    for event in training:
        on_event(event)
    return training.best()


class Training:
    """A training as a sequence of events: iterate to train, one step for each Step that comes.

    Whoever iterates may stop between any two events, keep `state()`, and later go on from it in another process; the
    end is the same, bit for bit, on the same machine with the same number of threads.

    A schedule that ends near a rate of zero (one-cycle, cosine) is run for the sake of its last epoch, so that one
    is kept: to pick among epochs would be to pick the luck of the validation images. Otherwise, and where early
    stopping is asked for, the epoch with the best validation accuracy is kept, the lower loss deciding between equals.

    Attributes:
        network: as it is now.
        epoch, step: how many epochs and, in the current one, steps are done.
        history: the finished epochs.
        best_epoch: the number of the epoch that is kept so far; 0 before the first has ended.
        validation_logits: float32 (M, outputs), of the epoch that ended last; None before the first has ended.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingSet,
        max_steps: int = 0,
        weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self._config, self._data = config, data
        self._random = torch.Generator().manual_seed(config.seed)
        self.network = build(config.architecture, data.outputs, config.dropout)
        if weights:
            self.network.load_state_dict(weights)
        if config.channels_last:
            self.network = self.network.to(memory_format=torch.channels_last)
        batches = math.ceil(len(data.images) / config.batch_size)
        self._optimiser = make_optimiser(self.network, config)
        self._schedule = make_schedule(self._optimiser, config, batches)
        self._steps = min(batches, max_steps or batches)
        self._epochs = 1 if max_steps else config.epochs
        self._mean_weights = _weights(self.network) if config.average else {}
        self.epoch, self.step = 0, 0
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self._best_weights: dict[str, Tensor] = {}
        self.validation_logits: NDArray[np.float32] | None = None
        self._order_random = self._random.get_state()
        self._loss_sum, self._right, self._seen, self._seconds, self._rate = 0.0, 0, 0, 0.0, config.learning_rate

    @property
    def steps_done(self) -> int:
        """Steps from the beginning of the training."""
        return self.epoch * self._steps + self.step

    @property
    def ended(self) -> bool:
        """Whether all epochs are done, or early stopping has ended it."""
        patience = self._config.patience
        return self.epoch >= self._epochs or 0 < patience <= self.epoch - self.best_epoch

    def best(self) -> Trained:
        """The network of the epoch that is kept, as it will be stored.

        Raises:
            ValueError: no epoch has ended yet.
        """
        if not self.best_epoch:
            raise ValueError("no epoch has ended yet")
        network = build(self._config.architecture, self._data.outputs, self._config.dropout)
        network.load_state_dict(self._best_weights)
        return Trained(as_stored(network), self._data.mean, self._data.std, self.best_epoch, list(self.history))

    def __iter__(self) -> Iterator[Step | Epoch]:
        """The events, in order.

        Raises:
            ConfigError: the training has diverged.
        """
        while not self.ended:
            order = self._order()
            self.network.train()
            while self.step < self._steps:
                chosen = order[self.step * self._config.batch_size : (self.step + 1) * self._config.batch_size]
                if len(chosen) < 2:  # batch norm needs two images
                    self.step += 1
                    continue
                yield self._train_on(chosen)
            ended = self._end_epoch()
            if ended is None:
                return
            yield ended

    def _order(self) -> Tensor:
        """The order of the images in this epoch: drawn anew, or once more after a stop in its midst."""
        if self.step == 0:
            self._order_random = self._random.get_state()
            return sample_epoch(self._data.labels, self._data.sets, self._config.balance, self._random)
        again = torch.Generator()
        again.set_state(self._order_random)
        return sample_epoch(self._data.labels, self._data.sets, self._config.balance, again)

    def _train_on(self, chosen: Tensor) -> Step:
        started = time.perf_counter()
        self._rate = float(self._optimiser.param_groups[0]["lr"])
        loss, hits = _train_step(self.network, self._optimiser, self._data, chosen, self._config, self._random)
        if isinstance(self._schedule, OneCycleLR):
            self._schedule.step()
        self._average()
        self.step += 1
        self._loss_sum += loss * len(chosen)
        self._right += hits
        self._seen += len(chosen)
        self._seconds += time.perf_counter() - started
        speed = self._seen / self._seconds
        return Step(self.epoch + 1, self._epochs, self.step, self._steps, loss, self._rate, speed)

    @torch.no_grad()
    def _average(self) -> None:
        """Move the running mean of the weights on (Polyak and Juditsky 1992), faster while there are few to average."""
        decay = min(self._config.average, self.steps_done / (self.steps_done + 10))
        now = self.network.state_dict()
        for name, mean in self._mean_weights.items():
            if mean.is_floating_point():
                mean.lerp_(now[name], 1 - decay)
            else:
                mean.copy_(now[name])

    def _kept(self) -> nn.Module:
        """The network as it would be kept now: with the mean of its weights, where one is taken."""
        if not self._mean_weights:
            return self.network
        network = copy.deepcopy(self.network)  # a new one would draw its first weights, and change what dropout draws
        network.load_state_dict(self._mean_weights)
        return network

    def _end_epoch(self) -> Epoch | None:
        """The epoch as it is told; None where it has diverged, and the training ends with an earlier one.

        Raises:
            ConfigError: it has diverged, and there is no earlier one to keep.
        """
        started = time.perf_counter()
        data, kept = self._data, self._kept()
        logits = validate(kept, data)
        keep_last = self._config.schedule in ANNEALING and not self._config.patience
        if np.isnan(logits).any():
            if self.best_epoch and not keep_last:
                self._epochs = self.epoch
                return None
            raise ConfigError(
                f"The training has diverged in epoch {self.epoch + 1}: what the network says is no number any more. "
                f"Try a lower learning rate than {self._config.learning_rate:g}."
            )
        loss = negative_log_likelihood(apply_temperature(logits, 1.0), data.validation_labels)
        accuracy = float((logits.argmax(axis=1) == data.validation_labels).mean())
        seconds = self._seconds + time.perf_counter() - started
        shares = self._loss_sum / self._seen, self._right / self._seen
        self.epoch, self.step = self.epoch + 1, 0
        self.history.append(Epoch(self.epoch, *shares, loss, accuracy, self._rate, seconds))
        self.validation_logits = logits
        self._loss_sum, self._right, self._seen, self._seconds = 0.0, 0, 0, 0.0
        if keep_last or _is_best(self.history):
            self.best_epoch = self.epoch
            self._best_weights = _weights(kept)
        step_epoch(self._schedule, loss)
        return self.history[-1]

    def state(self) -> dict[str, Any]:
        """All that `load_state` needs, as tensors, numbers, text, lists and dicts of them."""
        return {
            "network": self.network.state_dict(),
            "best_weights": self._best_weights,
            "mean_weights": self._mean_weights,
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict() if self._schedule else {},
            "history": [asdict(epoch) for epoch in self.history],
            "random": self._random.get_state(),
            "order_random": self._order_random,
            "torch_random": torch.get_rng_state(),
        } | {name: getattr(self, name) for name in _COUNTERS}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where another training of the same configuration and data was stopped.

        Raises:
            KeyError, ValueError, RuntimeError: it is the state of another configuration, or none.
        """
        self.network.load_state_dict(state["network"])
        self._best_weights = dict(state["best_weights"])
        self._mean_weights = dict(state.get("mean_weights", {}))  # none in a checkpoint of an earlier version
        # A step without gradients changes nothing, but the schedule, which warns where none came before it, sees one.
        self._optimiser.step()
        self._optimiser.load_state_dict(state["optimiser"])
        if self._schedule:
            self._schedule.load_state_dict(state["schedule"])
        self.history = [Epoch(**row) for row in state["history"]]
        self._random.set_state(state["random"])
        self._order_random = state["order_random"]
        for name in _COUNTERS:
            setattr(self, name, state[name])
        torch.set_rng_state(state["torch_random"])


def _weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


_COUNTERS = ("epoch", "step", "best_epoch", "_loss_sum", "_right", "_seen", "_seconds", "_rate")


def sample_epoch(labels: Tensor, sets: Tensor, balance: float, generator: torch.Generator) -> Tensor:
    """Which images an epoch shows, in their order: places (N,).

    Args:
        labels: int64 (N,).
        sets: uint8 (N,), the data set of each, which comes as often as it has images; empty for all as one.
        balance: 0 for every image once, as also where no class has more images than another; above, those of a class of
            n images come with a weight of n to the power of minus this, so that at 1 all classes of a data set, or of
            all as one, come as often. An image that is due 1.3 times comes once or twice, and one that is due 0.3 times
            once or not at all: as many as can be are seen. This is systematic resampling (Kitagawa, "Monte Carlo filter
            and smoother", 1996).
        generator: the source of all randomness.
    """
    own = sets.long() if len(sets) else torch.zeros_like(labels)
    groups = own * (int(labels.max()) + 1) + labels
    counts = groups.bincount()
    if not balance or counts[counts > 0].unique().numel() == 1:
        return torch.randperm(len(labels), generator=generator)
    weights = counts.double().pow(-balance)[groups]
    weights *= (own.bincount() / own.bincount(weights))[own]
    mixed = torch.randperm(len(labels), generator=generator)
    by_class = mixed[groups[mixed].argsort(stable=True)]
    reached = weights[by_class].cumsum(dim=0)
    marks = (torch.arange(len(labels)) + torch.rand(1, generator=generator)) * (reached[-1] / len(labels))
    drawn = by_class[torch.searchsorted(reached, marks, right=True).clamp(max=len(labels) - 1)]
    return drawn[torch.randperm(len(labels), generator=generator)]


def validate(network: nn.Module, data: TrainingSet) -> NDArray[np.float32]:
    """A network's logits for the validation images, (M, outputs); minus infinity for what an image's set has not."""
    logits = network_logits(network, data.validation_images, data.mean, data.std)
    return data.validation_asked(logits)


def cross_entropy(logits: Tensor, labels: Tensor, smoothing: float, masked_classes: Tensor | None) -> Tensor:
    """The mean loss of a batch.

    Args:
        logits: float (N, C), or of columns that each learn for themselves (N, columns, C).
        labels: int64 (N,).
        smoothing: share of the target spread over all classes that take part (Szegedy et al., "Rethinking the Inception
            architecture", 2016).
        masked_classes: bool (N, C), classes that take no part for an image; None for none.
    """
    if logits.ndim == 3:
        return torch.stack([cross_entropy(own, labels, smoothing, masked_classes) for own in logits.unbind(1)]).mean()
    if masked_classes is None:
        return F.cross_entropy(logits, labels, label_smoothing=smoothing)
    logs = logits.masked_fill(masked_classes, -math.inf).log_softmax(dim=1)
    spread = logs.masked_fill(masked_classes, 0.0).sum(dim=1) / (~masked_classes).sum(dim=1)
    return (1 - smoothing) * F.nll_loss(logs, labels) - smoothing * spread.mean()


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
    with autocast(config.precision):
        logits = network(inputs).float()
        logits, masked_classes = data.asked(logits, chosen)
        loss = cross_entropy(logits, labels, config.label_smoothing, masked_classes)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    votes = logits.detach() if logits.ndim == 2 else logits.detach().mean(dim=1)
    asked = votes if masked_classes is None else votes.masked_fill(masked_classes, -math.inf)
    return loss.item(), int((asked.argmax(dim=1) == labels).sum())


def autocast(precision: str) -> AbstractContextManager[None]:
    """Mixed precision as chosen; "auto" asks the processor for instructions that multiply bfloat16."""
    able = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=able if precision == "auto" else precision == "bfloat16")


def _is_best(history: list[Epoch]) -> bool:
    def rank(epoch: Epoch) -> tuple[float, float]:
        return epoch.validation_accuracy, -epoch.validation_loss

    return all(rank(history[-1]) > rank(earlier) for earlier in history[:-1])
