"""Training an eye: the network that reads pictures themselves, on pictures composed as it goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from core.charsets import Charset
from core.data.composing.composer import compose
from core.data.composing.options import Paper
from core.errors import ConfigError
from core.model.inference import carry_over, merge_forms
from core.model.networks import Eye
from core.model.sight import standardise
from core.training.config import EYE_LEARNING_RATE, EYE_STEPS
from core.training.eye.bank import InkBank
from core.training.step import copy_weights, update_mean

_SHARES = (0.72, 0.13, 0.07, 0.08)  # of a batch: characters, no character, several, nothing
_MASK_WEIGHT = 4.0  # of the loss of the ink's mask beside that of the answer: both then weigh about as much
_KEPT = 96  # composed batches that are shown twice more, changed: composing takes a third of the time of learning
_DECAY = 0.999


@dataclass(frozen=True)
class EyeConfig:
    """The options of the training of an eye; its schedule is one-cycle, and `learning_rate` its highest."""

    steps: int = EYE_STEPS
    batch_size: int = 256
    learning_rate: float = EYE_LEARNING_RATE
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    dropout: float = 0.1
    seed: int = 0
    paper: Paper = field(default_factory=Paper)

    def __post_init__(self) -> None:
        if not isinstance(self.steps, int) or not 20 <= self.steps <= 1_000_000:
            raise ConfigError(f"An eye is trained for 20 to 1,000,000 steps, got {self.steps!r}.")
        if not 0 < self.learning_rate <= 0.1:
            raise ConfigError(f"The learning rate must be above 0 and at most 0.1, got {self.learning_rate!r}.")


@dataclass(frozen=True)
class Batch:
    """N composed pictures of what a bank holds."""

    pictures: Tensor  # float (N, 48, 48) of 0 to 1
    masks: Tensor  # the same
    labels: Tensor  # int64 (N,)
    held: Tensor  # bool (N, F + 3), the classes asked for; empty where all are
    merged: Tensor  # bool (N,), whether the first form of a letter stands for both
    doubtful: Tensor  # bool (N,), whether the label may be wrong


def draw_batch(bank: InkBank, count: int, paper: Paper, generator: torch.Generator) -> Batch:
    """Compose a batch: three quarters characters, the rest what is to be refused."""
    kinds = torch.multinomial(torch.tensor(_SHARES), count, replacement=True, generator=generator)

    def draw(images: Tensor, number: int) -> Tensor:
        return torch.randint(len(images), (number,), generator=generator)

    chosen = draw(bank.characters, count)
    ink = bank.characters[chosen]
    for kind, source in ((1, bank.other), (2, bank.several)):
        which = (kinds == kind).nonzero()[:, 0]
        ink[which] = source[draw(source, len(which))]
    others = bank.characters[draw(bank.characters, 2 * count)].view(count, 2, *ink.shape[1:])
    pictures, masks = compose(ink.float() / 255, others.float() / 255, kinds == 3, paper, generator)
    return Batch(pictures, masks, *bank.targets(kinds, chosen))


def _again(batch: Batch, generator: torch.Generator) -> Batch:
    """A batch once more: shifted by a pixel or two, half of it with light and dark changed over."""
    down, across = torch.randint(-2, 3, (2,), generator=generator).tolist()
    pictures, masks = (
        F.pad(maps[:, None], [2] * 4, mode="replicate")[:, 0, 2 + down : 50 + down, 2 + across : 50 + across]
        for maps in (batch.pictures, batch.masks)
    )
    flip = (torch.rand(len(pictures), generator=generator) < 0.5).view(-1, 1, 1)
    return replace(batch, pictures=torch.where(flip, 1 - pictures, pictures), masks=masks)


def loss_of(logits: Tensor, ink: Tensor, batch: Batch, smoothing: float) -> Tensor:
    """Cross-entropy of the answers plus that of the mask's pixels."""
    if len(batch.held):
        logits = logits.masked_fill(~batch.held, -1e4)
        smoothing = 0.0
    answers = F.cross_entropy(logits, batch.labels, label_smoothing=smoothing)
    return answers + _MASK_WEIGHT * F.binary_cross_entropy_with_logits(ink, batch.masks)


class EyeTraining:
    """The training as a sequence of losses, a step each, that can be stopped and resumed."""

    def __init__(self, config: EyeConfig, bank: InkBank) -> None:
        torch.manual_seed(config.seed)
        self._config, self._bank = config, bank
        self._random = torch.Generator().manual_seed(config.seed)
        self._pairs = bank.classes.pairs(bank.charset)
        self.network = Eye(bank.outputs, config.dropout).to(memory_format=torch.channels_last)
        self._optimiser = AdamW(self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
        self._schedule = OneCycleLR(self._optimiser, config.learning_rate, total_steps=config.steps, pct_start=0.15)
        self.mean = copy_weights(self.network)
        self.step = 0
        self._kept: list[Batch] = []

    def __iter__(self) -> Iterator[float]:
        while self.step < self._config.steps:
            yield self._train()

    def _next(self) -> Batch:
        if self.step % 3 and self._kept:
            index = int(torch.randint(len(self._kept), (1,), generator=self._random))
            return _again(self._kept.pop(index) if len(self._kept) > _KEPT else self._kept[index], self._random)
        fresh = draw_batch(self._bank, self._config.batch_size, self._config.paper, self._random)
        self._kept.append(fresh)
        return fresh

    def _train(self) -> float:
        self.network.train()
        batch = self._next()
        logits, ink = self.network(standardise(batch.pictures).contiguous(memory_format=torch.channels_last))
        merged = merge_forms(logits, batch.merged, self._pairs)
        loss = loss_of(merged, ink, batch, self._config.label_smoothing)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self._optimiser.step()
        self._schedule.step()
        self.step += 1
        update_mean(self.mean, self.network, _DECAY, self.step)
        return loss.item()

    def start_from(self, eye: Eye, classes: Charset) -> None:
        """Begin with the weights of another eye, whose first outputs stand for `classes`.

        Its answers are learnt anew where it has none for each class, or more.
        """
        same, weights = self.network.state_dict(), eye.state_dict()
        if all(map(classes.find, self._bank.classes.characters)) and not classes.pairs(self._bank.classes):
            last = f"head.{len(eye.head) - 1}"
            for name, bias in ((f"{last}.weight", False), (f"{last}.bias", True)):
                weights[name] = carry_over(weights[name], classes, self._bank.classes, bias)
        weights = {name: tensor for name, tensor in weights.items() if tensor.shape == same[name].shape}
        self.network.load_state_dict(weights, strict=False)
        self.mean = copy_weights(self.network)

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "mean": self.mean,
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": self._random.get_state(),
            "step": self.step,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where another training of the same configuration and bank was stopped."""
        self.network.load_state_dict(state["network"])
        self.mean = dict(state["mean"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self._random.set_state(state["random"])
        self.step = state["step"]

    def trained(self) -> Eye:
        """The network with the mean of its weights."""
        eye = Eye(self._bank.outputs, self._config.dropout)
        eye.load_state_dict(self.mean)
        return eye.eval()
