"""Choosing how the views of a picture count together, on validation pictures that no network was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.charsets import Charset
from core.data.composing.options import Paper
from core.evaluation.calibration import CONFIDENT_ERROR, CONFIDENT_PART, choose_threshold
from core.model.inference import Recogniser, fold, merge_forms
from core.model.prediction import REJECTIONS, WEIGHTS, Blend, Evidence
from core.model.sight import gather, normalise_small
from core.training.eye.bank import InkBank
from core.training.eye.loop import draw_batch
from core.vision.grey import Pixels
from core.vision.normalise import crop, resize
from core.vision.views import PICTURE_SIDE

_COMPOSED_SHARE = 0.4  # of the validation pictures; the others show one character and nothing else,
_PHOTOGRAPHED_SHARE = 0.5  # half of them photographed on lit paper, the rest clean drawings and bitmaps
_COARSE_SHARE = 0.4  # of the composed pictures, which are files as small as an eye sees them; the others are large
_LARGE = Paper(grain=0, blur=0, coarse=0, jpeg=0, binary=0)  # what a camera does to a large picture is done at its size
_CONFIDENT_OUTLIERS = 0.02  # of what is no character may be answered confidently: much of it looks like a digit
_LOST = 0.003  # share of the clean characters that may be refused
_START = 0.5  # of each view's weight; what is added to the scores starts from nothing
_ADDED = ("other", "several", "blank", "no_ink", "nothing_marked")
_NEVER = -1e4  # the score of an answer that a picture's source does not tell apart
_TO_START = 0.002  # how strongly the numbers are drawn to where they began: some views nearly repeat each other
_BATCH = 64


@dataclass(frozen=True)
class Examples:
    """N pictures that the numbers of a blend are chosen on."""

    pictures: list[Pixels]  # grey (H, W), of any size
    classes: Charset  # what the labels stand for
    labels: NDArray[np.int64]  # (N,), with the REJECTIONS of `core.model.prediction` behind the F classes
    clean: NDArray[np.bool_]  # (N,), which of them anybody can read
    held: NDArray[np.bool_]  # (N, F + 3), which classes each one's source tells apart; empty where all do
    merged: NDArray[np.bool_]  # (N,), whether its source merges forms of letters that are apart in `classes`
    doubtful: NDArray[np.bool_]  # (N,), whether the label may be wrong: no threshold of confidence hangs on it

    def told_apart_as(self, classes: Charset) -> "Examples":
        """The same with the labels of other classes: forms that these merge have one label."""
        if classes == self.classes:
            return self
        rejections = range(len(classes.characters), len(classes.characters) + len(REJECTIONS))
        now = np.array([*classes.indices_of(self.classes), *rejections])
        held = np.zeros((len(self.held), rejections.stop), bool)
        for column, old in zip(now, self.held.T, strict=True):
            held[:, column] |= old
        return replace(self, classes=classes, labels=now[self.labels], held=held, merged=np.zeros_like(self.merged))


def validation_pictures(bank: InkBank, count: int, seed: int) -> Examples:
    """Pictures of every kind from a bank of validation writers, whom no network was trained on."""
    random, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    composed = round(count * _COMPOSED_SHARE)
    coarse = round(composed * _COARSE_SHARE)
    pictures, targets = [], []
    for number, paper, finish in ((coarse, Paper(), _enlarged), (composed - coarse, _LARGE, _taken)):
        batch = draw_batch(bank, number, paper, generator)
        pictures += [finish(np.asarray(picture), random) for picture in (batch.pictures * 255).round().byte().numpy()]
        targets.append((batch.labels, batch.held, batch.merged, batch.doubtful))
    kinds = random.choice(3, size=count - composed, p=(0.8, 0.13, 0.07))
    chosen = np.zeros_like(kinds)
    for number, kind in enumerate(kinds):
        source = (bank.characters, bank.other, bank.several)[kind]
        index = int(random.integers(len(source)))
        draw = _photographed if random.random() < _PHOTOGRAPHED_SHARE else _clean
        pictures.append(draw(source[index].numpy(), random))
        chosen[number] = index if kind == 0 else 0
    targets.append(bank.targets(torch.from_numpy(kinds), torch.from_numpy(chosen)))
    labels, held, merged, doubtful = (torch.cat(parts).numpy() for parts in zip(*targets, strict=True))
    return Examples(pictures, bank.classes, labels, np.arange(count) >= composed, held, merged, doubtful)


def _enlarged(picture: Pixels, random: np.random.Generator) -> Pixels:
    """A small file, at times shown larger than it is."""
    side = round(PICTURE_SIDE * float(np.exp(random.uniform(0, np.log(4)))))
    how = cv2.INTER_CUBIC if random.random() < 0.7 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.uint8)


def _taken(picture: Pixels, random: np.random.Generator) -> Pixels:
    """A picture as a camera takes it, with many pixels: blurred, grainy and coded at its own size."""
    side = round(PICTURE_SIDE * float(np.exp(random.uniform(np.log(1.5), np.log(8)))))
    large = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    blurred = cv2.GaussianBlur(large, (0, 0), random.uniform(0.4, 1.6))
    grain = random.normal(0, np.exp(random.uniform(np.log(0.3), np.log(8))), large.shape)
    taken = np.asarray(np.clip(np.round(blurred + grain), 0, 255), np.uint8)
    return _as_jpeg(taken, random) if random.random() < 0.6 else taken


def _as_jpeg(picture: Pixels, random: np.random.Generator) -> Pixels:
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 96))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _clean(stroke: Pixels, random: np.random.Generator) -> Pixels:
    """Ink on paper of one level, of any two levels, size, place and margin: a drawing, a bitmap, a scan."""
    cut = crop(stroke)
    longer = round(float(np.exp(random.uniform(np.log(18), np.log(240)))))
    cut = resize(cut, longer)
    margins = random.integers(0, max(2, round(longer * random.choice([0.05, 0.4, 1.2]))), 4)
    cover = np.pad(cut, margins.reshape(2, 2)).astype(np.float32) / 255
    paper = float(random.choice([255, 0, random.uniform(0, 255)]))
    level = float(random.uniform(0, 255))
    if abs(level - paper) < 60:
        level = 255.0 if paper < 128 else 0.0
    picture = np.asarray(np.round(paper + (level - paper) * cover), np.uint8)
    return _as_jpeg(picture, random) if random.random() < 0.3 else picture


def _photographed(stroke: Pixels, random: np.random.Generator) -> Pixels:
    """Ink on lit paper with some grain, as large as a camera takes it: thin strokes are seen, and shadows are wide."""
    longer = round(float(np.exp(random.uniform(np.log(60), np.log(320)))))
    cut = resize(crop(stroke), longer)
    margins = random.integers(longer // 6, round(longer * random.choice([0.4, 1.0])), 4)
    cover = np.pad(cut, margins.reshape(2, 2)).astype(np.float32) / 255
    rows, columns = np.mgrid[0 : 1 : cover.shape[0] * 1j, 0 : 1 : cover.shape[1] * 1j]
    angle = random.uniform(0, 2 * np.pi)
    light = 1 - random.uniform(0, 0.5) * ((rows - 0.5) * np.sin(angle) + (columns - 0.5) * np.cos(angle) + 0.7) / 1.4
    if random.random() < 0.3:  # the edge of a shadow
        light = light * np.where(rows + random.uniform(-1, 1) * columns > random.uniform(0.2, 1.0), 1, 0.75)
    picture = random.uniform(120, 240) * light * (1 - random.uniform(0.25, 0.85) * cover)
    picture += random.normal(0, random.uniform(0.5, 5), cover.shape)
    picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.6))
    return np.asarray(np.clip(np.round(picture), 0, 255), np.uint8)


def collect(recogniser: Recogniser, pictures: Sequence[Pixels]) -> Evidence:
    """The networks' answers to all views of the pictures."""
    parts = []
    for start in range(0, len(pictures), _BATCH):
        batch = pictures[start : start + _BATCH]
        by_rule = [normalise_small(picture, recogniser.charset.glyph_side) for picture in batch]
        parts.append(gather(recogniser, batch, by_rule)[0])
    return Evidence(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Evidence)))


def fit_blend(evidence: Evidence, examples: Examples, classes: Charset, charset: Charset) -> Blend:
    """The weights that make the labels most likely, and the thresholds of confidence and of refusal.

    Args:
        evidence: what a model says of the examples.
        classes: what its views are read as, see `Recogniser.classes`.
        charset: what its answers are of.
    """
    from scipy.optimize import minimize

    names = (*WEIGHTS, *_ADDED)
    start = np.repeat([_START, 0.0], [len(WEIGHTS), len(_ADDED)])
    targets = examples.told_apart_as(classes)
    rows, pairs = np.arange(len(targets.labels)), classes.pairs(charset)

    def blend_of(values: NDArray[np.float64]) -> Blend:
        return Blend(**dict(zip(names, values.tolist(), strict=True)), threshold=1.0, rejection_threshold=1.0)

    def loss(values: NDArray[np.float64]) -> float:
        raw = torch.from_numpy(blend_of(values).scores(evidence))
        scores = merge_forms(raw, torch.from_numpy(targets.merged), pairs).numpy()
        logs = log_softmax(np.where(targets.held, scores, _NEVER) if len(targets.held) else scores, axis=1)
        return float(-logs[rows, targets.labels].mean() + _TO_START * np.square(values - start).sum())

    bounds = [(0.0 if name in WEIGHTS else -3.0, 3.0) for name in names]
    optimum = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    blend = blend_of(np.round(optimum.x, 4))
    scores = fold(blend.scores(evidence), classes, charset)
    return _with_thresholds(blend, softmax(scores, axis=1), examples.told_apart_as(charset))


def _with_thresholds(blend: Blend, shares: NDArray[np.float64], examples: Examples) -> Blend:
    characters, labels = shares.shape[1] - len(REJECTIONS), examples.labels
    refused = shares[:, characters:].sum(axis=1)
    is_character = labels < characters
    read = refused[examples.clean & is_character]
    rejection_threshold = float(np.clip(np.quantile(read, 1 - _LOST, method="higher"), 0.5, 1.0))
    confidence = np.where(refused >= rejection_threshold, 0.0, shares[:, :characters].max(axis=1))
    answers = shares[:, :characters].argmax(axis=1)
    right = answers == labels
    # Of a drawn digit nobody has said that it is no letter, so that an answer outside of its source is left out.
    known = (
        is_character
        & ~examples.doubtful
        & (examples.held[np.arange(len(labels)), answers] if len(examples.held) else True)
    )
    allowed = max(CONFIDENT_ERROR, CONFIDENT_PART * float(1 - right[known & examples.clean].mean()))
    of_characters = choose_threshold(confidence[known], right[known], allowed)
    of_outliers = float(np.quantile(confidence[~is_character], 1 - _CONFIDENT_OUTLIERS, method="higher"))
    threshold = float(np.clip(max(of_characters, np.nextafter(of_outliers, 1)), 0.5, 1.0))
    return replace(blend, threshold=threshold, rejection_threshold=rejection_threshold)
