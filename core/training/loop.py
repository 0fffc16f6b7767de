"""The training loop: from a configuration to a trained network, resumable after any step."""

import copy
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from core.errors import ConfigError
from core.evaluation.calibration import apply_temperature
from core.evaluation.metrics import negative_log_likelihood
from core.model.architectures import build, rename_weights
from core.model.checkpoint import round_to_half
from core.training import step as parts
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.step import Epoch, Step


@dataclass(frozen=True)
class Trained:
    """The outcome of a training: the network of its best epoch, and its history."""

    network: nn.Module
    best_epoch: int
    history: list[Epoch]


class Training:
    """A training as a sequence of events: iterate to train, one step for each Step that comes.

    Whoever iterates may stop between any two events, keep `state()`, and later go on from it in another process; the
    end is the same, bit for bit, on the same machine with the same number of threads.

    A schedule that ends near a rate of zero (one-cycle, cosine) is run for the sake of its last epoch, so that one
    is kept: to pick among epochs would be to pick the luck of the validation images. Otherwise, and with early
    stopping, the epoch with the best validation accuracy is kept, the lower loss deciding between equals.

    Args:
        max_steps: stop after so many steps of the first epoch, as a trial run; 0 for none.
        weights: to start from; None to start from scratch.

    Attributes:
        epoch, step: how many epochs and, in the current one, steps are done.
        best_epoch: the number of the epoch that is kept so far; 0 before the first has ended.
        validation_logits: float32 (M, outputs), of the epoch that ended last; None before the first has ended.
    """

    def __init__(
        self, config: TrainConfig, data: TrainingSet, max_steps: int = 0, weights: Mapping[str, Tensor] | None = None
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
        self._optimiser = parts.make_optimiser(self.network, config)
        self._schedule = parts.make_schedule(self._optimiser, config, batches)
        self._steps = min(batches, max_steps or batches)
        self._epochs = 1 if max_steps else config.epochs
        self._mean_weights = parts.copy_weights(self.network) if config.average else {}
        self._start_weights = parts.copy_weights(self.network) if weights and config.start_share else {}
        self.epoch, self.step = 0, 0
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self._best_weights: dict[str, Tensor] = {}
        self.validation_logits: NDArray[np.float32] | None = None
        self._order_random = self._random.get_state()
        self._loss_sum, self._right, self._seen, self._seconds, self._rate = 0.0, 0, 0, 0.0, config.learning_rate

    @property
    def steps_done(self) -> int:
        return self.epoch * self._steps + self.step

    @property
    def ended(self) -> bool:
        """Whether all epochs are done, or early stopping has ended it."""
        patience = self._config.patience
        return self.epoch >= self._epochs or 0 < patience <= self.epoch - self.best_epoch

    def best(self) -> Trained:
        """The network of the epoch that is kept, as it will be stored; a ValueError before the first has ended."""
        if not self.best_epoch:
            raise ValueError("no epoch has ended yet")
        network = build(self._config.architecture, self._data.outputs, self._config.dropout)
        network.load_state_dict(self._best_weights)
        return Trained(round_to_half(network), self.best_epoch, list(self.history))

    def __iter__(self) -> Iterator[Step | Epoch]:
        """The events, in order; a ConfigError where the training has diverged."""
        while not self.ended:
            order = self._order()
            self.network.train()
            while self.step < self._steps:
                chosen = order[self.step * self._config.batch_size : (self.step + 1) * self._config.batch_size]
                if len(chosen) < 2:  # batch norm needs two images
                    self.step += 1
                    continue
                yield self._train_on(chosen)
            epoch = self._end_epoch()
            if epoch is None:
                return
            yield epoch

    def _order(self) -> Tensor:
        """The order of the images in this epoch: drawn anew, or once more after a stop in its midst."""
        random = self._random
        if self.step == 0:
            self._order_random = random.get_state()
        else:
            random = torch.Generator()
            random.set_state(self._order_random)
        return parts.sample_epoch(self._data.labels, self._data.source_index, self._config.balance, random)

    def _train_on(self, chosen: Tensor) -> Step:
        started = time.perf_counter()
        self._rate = float(self._optimiser.param_groups[0]["lr"])
        loss, right = parts.train_step(self.network, self._optimiser, self._data, chosen, self._config, self._random)
        if isinstance(self._schedule, OneCycleLR):
            self._schedule.step()
        parts.update_mean(self._mean_weights, self.network, self._config.average, self.steps_done)
        self.step += 1
        self._loss_sum += loss * len(chosen)
        self._right += right
        self._seen += len(chosen)
        self._seconds += time.perf_counter() - started
        speed = self._seen / self._seconds
        return Step(self.epoch + 1, self._epochs, self.step, self._steps, loss, self._rate, speed)

    def _kept(self) -> nn.Module:
        """The network as it would be kept now: with the mean of its weights, and a share of those it began with.

        The latter keeps more of what the start has learnt from other data (Wortsman et al. 2022).
        """
        if not self._mean_weights and not self._start_weights:
            return self.network
        network = copy.deepcopy(self.network)  # a new one would draw its first weights, and change what dropout draws
        weights = self._mean_weights or network.state_dict()
        network.load_state_dict(parts.interpolate(weights, self._start_weights, self._config.start_share))
        return network

    def _end_epoch(self) -> Epoch | None:
        """Validate; None where the epoch has diverged, and the training ends with an earlier one, if there is one."""
        started = time.perf_counter()
        data, kept = self._data, self._kept()
        logits = parts.validate(kept, data)
        keep_last = self._config.schedule in parts.ANNEALING and not self._config.patience
        if np.isnan(logits).any():
            if self.best_epoch and not keep_last:
                self._epochs = self.epoch
                return None
            raise ConfigError(
                f"The training has diverged in epoch {self.epoch + 1}: the network's outputs are no longer numbers. "
                f"Try a lower learning rate than {self._config.learning_rate:g}."
            )
        loss = negative_log_likelihood(apply_temperature(logits, 1.0), data.validation_labels)
        accuracy = float((logits.argmax(axis=1) == data.validation_labels).mean())
        seconds = self._seconds + time.perf_counter() - started
        training = self._loss_sum / self._seen, self._right / self._seen
        self.epoch, self.step = self.epoch + 1, 0
        self.history.append(Epoch(self.epoch, *training, loss, accuracy, self._rate, seconds))
        self.validation_logits = logits
        self._loss_sum, self._right, self._seen, self._seconds = 0.0, 0, 0, 0.0
        if keep_last or _is_best(self.history):
            self.best_epoch = self.epoch
            self._best_weights = parts.copy_weights(kept)
        parts.step_epoch(self._schedule, loss)
        return self.history[-1]

    def state(self) -> dict[str, Any]:
        """All that `load_state` needs, as tensors, numbers, text, lists and dicts of them."""
        return {
            "network": self.network.state_dict(),
            "best_weights": self._best_weights,
            "mean_weights": self._mean_weights,
            "start_weights": self._start_weights,
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
        self.network.load_state_dict(rename_weights(self.network, state["network"]))
        self._best_weights = rename_weights(self.network, state["best_weights"])
        # None in a checkpoint of an earlier version.
        self._mean_weights = rename_weights(self.network, state.get("mean_weights", {}))
        self._start_weights = state.get("start_weights", {})
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


_COUNTERS = ("epoch", "step", "best_epoch", "_loss_sum", "_right", "_seen", "_seconds", "_rate")


def _is_best(history: list[Epoch]) -> bool:
    ranks = [(epoch.validation_accuracy, -epoch.validation_loss) for epoch in history]
    return ranks.index(max(ranks)) == len(ranks) - 1
