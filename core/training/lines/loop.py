"""The training of a line network, a step at a time; it can be stopped and resumed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import AdamW
from torch.utils.data import DataLoader

from core.alphabet import ALPHABET
from core.errors import ConfigError
from core.model.line_network import LineNetwork, SlidingEye, build_line_network
from core.model.networks import Eye
from core.training.config import NUMBERS_LEARNING_RATE, NUMBERS_STEPS
from core.training.lines.batches import POOL, Batch, LinePools
from core.training.step import copy_weights, update_mean

SEPARATORS = tuple(ALPHABET.index(sign) + 1 for sign in ".,-/=:$+")
"""Classes that the labels of some real lines leave out."""
_BEGIN_STEPS = 1000  # so long a loss on the middles of characters outweighs CTC's, which begins slowly
_LEAST_MARKS = 0.35  # its weight later
_MARKS_WEIGHT, _REGIONS_WEIGHT, _CTC_WEIGHT = 3.0, 0.2, 0.3
_NO_MARK = 0.2  # weight of frames without a middle: there are five times as many
_LONGEST_GRADIENT = 5.0
_DECAY = 0.998
_IMPOSSIBLE = -1e4


@dataclass(frozen=True)
class LineConfig:
    """The options of the training of a line network; its schedule is a cosine, and `learning_rate` its highest."""

    steps: int = NUMBERS_STEPS
    batch_size: int = 48
    learning_rate: float = NUMBERS_LEARNING_RATE
    weight_decay: float = 0.02
    dropout: float = 0.1
    real_share: float = 0.12  # of the lines, where real ones are there
    seed: int = 0
    network: str = "eye"  # of `core.model.line_network`

    def __post_init__(self) -> None:
        if not isinstance(self.steps, int) or not POOL <= self.steps <= 1_000_000:
            raise ConfigError(f"A reader of numbers is trained for {POOL} to 1,000,000 steps, got {self.steps!r}.")
        if not 0 < self.learning_rate <= 0.1:
            raise ConfigError(f"The learning rate must be above 0 and at most 0.1, got {self.learning_rate!r}.")

    @property
    def pools(self) -> int:
        return math.ceil(self.steps / POOL)


def _forked(loader: "DataLoader[list[Batch]]") -> Iterator[list[Batch]]:
    """Begin to load in the loader's process: there OpenCV would wait for its threads, which stay behind."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return iter(loader)
    finally:
        cv2.setNumThreads(threads)


class LineTraining:
    """The training as a sequence of losses, one of each pool of batches."""

    def __init__(self, config: LineConfig, lines: LinePools) -> None:
        torch.manual_seed(config.seed)
        self._config, self._lines = config, lines
        self.network = build_line_network(config.network, config.dropout).to(memory_format=torch.channels_last)
        self._optimiser = AdamW(self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
        self.mean = copy_weights(self.network)
        self.pool = 0
        self._knows_places = False

    @property
    def step(self) -> int:
        return self.pool * POOL

    def __iter__(self) -> Iterator[float]:
        """Losses of pools; lines are composed in another process, while the network learns from those before."""
        numbers = range(self.pool, self._config.pools)
        # A generator of its own: the loader must not draw from that of dropout, which is resumed.
        random = torch.Generator().manual_seed(self._config.seed)
        loader = DataLoader(self._lines, None, sampler=numbers, num_workers=1, prefetch_factor=2, generator=random)
        for batches in _forked(loader):
            losses = [self._train(batch, self.step + number) for number, batch in enumerate(batches)]
            self.pool += 1
            yield sum(losses) / len(losses)

    def _train(self, batch: Batch, step: int) -> float:
        self.network.train()
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate(step)
        lines = (batch.lines.float() / 255).contiguous(memory_format=torch.channels_last)
        begin = max(_LEAST_MARKS, 1 - step / _BEGIN_STEPS) if not self._knows_places else _LEAST_MARKS
        ctc, loss = line_loss(self.network(lines), batch, begin)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _LONGEST_GRADIENT)
        self._optimiser.step()
        update_mean(self.mean, self.network, _DECAY, step + 1)
        return ctc

    def _rate(self, step: int) -> float:
        share = step / (self._config.pools * POOL)
        return self._config.learning_rate * min(1, (step + 1) / 300) * (0.495 * (1 + math.cos(math.pi * share)) + 0.01)

    def start_from(self, network: LineNetwork) -> None:
        """Begin with the weights of another network, which knows already where characters stand."""
        self._knows_places = True
        self.network.load_state_dict(network.state_dict())
        self.mean = copy_weights(self.network)

    def start_from_eye(self, eye: Eye) -> bool:
        """Begin with the weights of an eye of digits, if the network is one that slides; return whether it is."""
        if not isinstance(self.network, SlidingEye):
            return False
        self.network.start_from_eye(eye)
        self.mean = copy_weights(self.network)
        return True

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "mean": self.mean,
            "optimiser": self._optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "pool": self.pool,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where another training of the same configuration and lines was stopped."""
        self.network.load_state_dict(state["network"])
        self.mean = dict(state["mean"])
        self._optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        self.pool = state["pool"]

    def trained(self) -> LineNetwork:
        """The network with the mean of its weights."""
        network = build_line_network(self._config.network, self._config.dropout)
        network.load_state_dict(self.mean)
        return network.eval()


def line_loss(logits: Tensor, batch: Batch, begin: float) -> tuple[float, Tensor]:
    """CTC's loss of a line, and what is to be minimised.

    Args:
        logits: (N, C, T).
        begin: 1 to 0, the weight of the loss on the middles of characters.
    """
    logs = _without_separators(F.log_softmax(logits, dim=1), batch.weak)
    summed = F.ctc_loss(
        logs.permute(2, 0, 1), batch.classes, batch.frames, batch.lengths, reduction="sum", zero_infinity=True
    )
    ctc = summed / len(logits)
    loss = _CTC_WEIGHT * (ctc if begin <= 0.5 else ctc * (1 - begin))
    if begin > 0:
        weights = torch.ones(logits.shape[1])
        weights[0] = _NO_MARK
        loss = loss + begin * _MARKS_WEIGHT * F.cross_entropy(logits, batch.marks, weights, ignore_index=-100)
    if (batch.regions >= 0).any():  # else CTC would tell them from what stands under them in one frame of many
        loss = loss + _REGIONS_WEIGHT * F.cross_entropy(logits, batch.regions, ignore_index=-100)
    return ctc.item(), loss


def _without_separators(logs: Tensor, weak: Tensor) -> Tensor:
    """Log probabilities (N, C, T) in which separators count as CTC's blank on lines whose labels leave them out.

    So the network may read them there or not, and is only told the digits.
    """
    if not weak.any():
        return logs
    classes = list(SEPARATORS)
    merged = logs.clone()
    merged[weak, 0] = torch.logsumexp(logs[weak][:, [0, *classes]], dim=1)
    separators = merged[weak]
    separators[:, classes] = _IMPOSSIBLE
    merged[weak] = separators
    return merged
