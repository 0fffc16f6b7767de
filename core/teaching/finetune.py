"""Teaching a model one person's hand: fine-tuning on a few samples, held back by what it knows already.

Every batch is a quarter samples, changed a little each time, and three quarters of the model's own training images. On
those it is asked to say what it said before, not only who is right (Li and Hoiem, "Learning without forgetting",
2016), and the statistics of batch normalisation stay as they are: some dozens of samples must not move them.
"""

import copy
import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from core.charsets import get_charset
from core.data.augment import Augmentation, augment
from core.errors import ConfigError
from core.jobs import Progress, ignore
from core.model.card import Card
from core.model.checkpoint import round_to_half
from core.model.inference import Recogniser, fold, merge_forms, network_logits
from core.training.config import FOLDS, LEAST_SAMPLES
from core.training.step import autocast, one_cycle

SAMPLES_A_STEP, REPLAY_A_STEP = 32, 96
LEARNING_RATE = 3e-4
# The same hand writes a little differently each time.
HAND = Augmentation(rotation=8, scale=0.08, shift=1.0, shear=8, elastic=0.6, stroke_width=1.0)


@dataclass(frozen=True)
class Lesson:
    """What is taught, in so many batches, and what must not be forgotten."""

    glyphs: NDArray[np.uint8]  # the samples, (N, 28, 28)
    labels: NDArray[np.int64]  # (N,)
    replay: NDArray[np.uint8]  # training images of the model, (M, 28, 28), of which it keeps its own answers
    steps: int = 150


def finetune(recogniser: Recogniser, lesson: Lesson, seed: int = 0, progress: Progress = ignore) -> nn.Module:
    """Fine-tune a copy of a model's network; it is returned as it will be stored.

    The same seed on the same machine gives the same network; a ConfigError where there are no samples, or no replay.
    """
    if not len(lesson.labels) or not len(lesson.replay):
        raise ConfigError("Teaching needs samples, and images that the model has learnt from before.")
    card, old = recogniser.card, recogniser.network.eval()
    network = copy.deepcopy(old).eval()  # evaluation mode: batch norm keeps its statistics
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = one_cycle(optimiser, LEARNING_RATE, lesson.steps, rising=0.2)
    random = torch.Generator().manual_seed(seed)
    glyphs, replay = torch.from_numpy(lesson.glyphs), torch.from_numpy(lesson.replay)
    labels, pairs = torch.from_numpy(lesson.labels), card.classes.pairs(recogniser.charset)
    for step in range(1, lesson.steps + 1):
        mine = torch.randint(len(glyphs), (SAMPLES_A_STEP,), generator=random)
        others = torch.randint(len(replay), (REPLAY_A_STEP,), generator=random)
        pixels = torch.cat([glyphs[mine], replay[others]]).unsqueeze(1).float() / 255
        inputs = (augment(pixels, HAND, random) - card.mean) / card.std
        loss = _loss(network, old, inputs, labels[mine], pairs)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        progress(step, lesson.steps)
    return round_to_half(network)


def _loss(network: nn.Module, old: nn.Module, inputs: Tensor, labels: Tensor, pairs: dict[int, int]) -> Tensor:
    """Half the cross-entropy of the samples, and how far the answers to the replayed images have moved."""
    count = len(labels)
    with autocast("auto"):
        logits = network(inputs).float()
        with torch.no_grad():
            before = old(inputs[count:]).float()
    moved = F.kl_div(logits[count:].log_softmax(1), before.log_softmax(1), log_target=True, reduction="batchmean")
    return 0.5 * F.cross_entropy(_merged(logits[:count], pairs), labels) + moved


def _merged(logits: Tensor, pairs: dict[int, int]) -> Tensor:
    """Logits of samples, which do not say which form of a letter they are where the charset merges both."""
    asked = merge_forms(logits, torch.ones(len(logits), dtype=torch.bool), pairs)
    return asked.index_fill(1, torch.tensor([*pairs.values()], dtype=torch.int64), -math.inf)


def cross_validate(
    recogniser: Recogniser, lesson: Lesson, seed: int = 0, progress: Progress = ignore
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which samples, (N,), are read right before teaching, and after being taught with those of the other folds."""
    if len(lesson.labels) < LEAST_SAMPLES:
        raise ConfigError(
            f"To measure what teaching does, at least {LEAST_SAMPLES} samples are needed; "
            f"there are {len(lesson.labels)}."
        )

    def right(network: nn.Module, chosen: slice | NDArray[np.int64]) -> NDArray[np.bool_]:
        answers = character_logits(network, recogniser.card, lesson.glyphs[chosen]).argmax(axis=1)
        return np.asarray(answers == lesson.labels[chosen])

    before = right(recogniser.network, slice(None))
    after = np.zeros_like(before)
    for number, held_out in enumerate(folds(lesson.labels, seed)):
        rest = np.setdiff1d(np.arange(len(before)), held_out)
        part = replace(lesson, glyphs=lesson.glyphs[rest], labels=lesson.labels[rest])
        network = finetune(recogniser, part, seed, partial(_report, progress, number))
        after[held_out] = right(network, held_out)
    return before, after


def _report(progress: Progress, fold_number: int, done: int, total: int) -> None:
    progress(fold_number * total + done, FOLDS * total)


def folds(labels: NDArray[np.int64], seed: int) -> list[NDArray[np.int64]]:
    """Indices of the samples in three parts, each with its share of every class."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    return [np.sort(order[start::FOLDS]) for start in range(FOLDS)]


def character_logits(network: nn.Module, card: Card, glyphs: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What a network of this card says of glyphs, (N, C): forms of a letter together, and without rejections."""
    charset = get_charset(card.charset)
    logits = fold(network_logits(network, glyphs, card.mean, card.std), card.classes, charset)
    return logits[:, : len(charset.characters)]
