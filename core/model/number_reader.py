"""Reading lines: the line network's readings, checked character by character by the model of single digits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax

from core.alphabet import decode
from core.model.ctc import find_spans, read_beams
from core.model.inference import Recogniser
from core.model.line_network import LineNetwork
from core.model.numbers import WITHOUT_NUMBER, NumberAnswer, NumberVerdict, kind_of, number_in
from core.model.numbers_card import Calibration, NumbersCard
from core.vision.characters import cut_characters
from core.vision.grey import Pixels
from core.vision.line import around_ink, scaled_ink, to_line
from core.vision.normalise import from_ink

Spans = tuple[tuple[float, float], ...]

_BATCH = 32
_KEPT = 6  # readings
_FLOOR = 1e-6


@dataclass(frozen=True)
class Evidence:
    """What is known of a line before it is judged.

    Attributes:
        lines: spellings of the line, and their probabilities, the likeliest first.
        spans: of the characters of the first, as shares of the width.
        opinions: float (N, 10), of each digit in the first, what the single-character model says of the ten.
    """

    lines: tuple[tuple[str, float], ...]
    spans: Spans
    opinions: NDArray[np.float64]


@dataclass(frozen=True)
class NumberReader:
    """A line network with its card, and the model of single digits that checks it."""

    card: NumbersCard
    network: LineNetwork
    digits: Recogniser

    def read(self, pictures: Sequence[Pixels]) -> list[NumberAnswer]:
        """Read grey pictures, uint8 (H, W), of one line each; one without pixels is a ValueError."""
        return [judge_number(evidence, self.card.calibration) for evidence in self.look_at(pictures)]

    def look_at(self, pictures: Sequence[Pixels]) -> list[Evidence]:
        """What both networks say of pictures, see `read`."""
        if not pictures:
            return []
        # Each is read twice: as it is, and cut to its ink, as it is not known how large the writing is.
        inks = [scaled_ink(picture) for picture in pictures]
        views = [(picture, around_ink(picture, ink)) for picture, ink in zip(pictures, inks, strict=True)]
        lines = [to_line(view) for both in views for view in both]
        frames = line_probabilities(self.network, lines, self.card.temperature)
        found = [_spell(both) for both in zip(frames[::2], frames[1::2], strict=True)]
        opinions = self._opinions(inks, [(spelt[0][0], spans) for spelt, spans in found])
        return [Evidence(spelt, spans, seen) for (spelt, spans), seen in zip(found, opinions, strict=True)]

    def _opinions(self, lines: Sequence[Pixels], found: Sequence[tuple[str, Spans]]) -> list[NDArray[np.float64]]:
        """What the single-character model says of each digit of lines, of which the ink is given (`scaled_ink`)."""
        digits = []
        for ink, (text, spans) in zip(lines, found, strict=True):
            cut = cut_characters(ink, [sum(span) / 2 for span in spans])
            digits.append([part for part, sign in zip(cut, text, strict=True) if sign.isdigit()])
        glyphs = [from_ink(ink).glyph for line in digits for ink in line]
        rows = self.digits.probabilities(np.stack(glyphs)) if glyphs else np.empty((0, 10))
        return list(np.split(rows, np.cumsum([len(line) for line in digits])[:-1]))


def line_probabilities(
    network: LineNetwork, lines: Sequence[NDArray[np.uint8]], temperature: float = 1.0
) -> list[NDArray[np.float64]]:
    """Probabilities (T, C) of the frames of each line, uint8 (2, 40, W).

    Only lines of the same width share a batch: so a line reads the same, whatever it is read with.
    """
    by_width: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_width[line.shape[2]].append(index)
    result: dict[int, NDArray[np.float64]] = {}
    for alike in by_width.values():
        for start in range(0, len(alike), _BATCH):
            part = alike[start : start + _BATCH]
            with torch.inference_mode():
                logits = network(torch.from_numpy(np.stack([lines[index] for index in part])).float() / 255)
            for index, rows in zip(part, logits.double().numpy(), strict=True):
                result[index] = softmax(rows.T / temperature, axis=1)
    return [result[index] for index in range(len(lines))]


def _spell(
    views: Sequence[NDArray[np.float64]],
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[float, float], ...]]:
    """Spellings of a line by the mean of their probabilities in its views, and the spans of the likeliest.

    Args:
        views: of the frames of each view, the probabilities (T, C).
    """
    shares: dict[tuple[int, ...], float] = defaultdict(float)
    for frames in views:
        for classes, probability in read_beams(frames):
            shares[classes] += probability / len(views)
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:_KEPT]
    best = ranked[0][0]
    frames = views[0]
    spans = tuple((start / len(frames), end / len(frames)) for start, end in find_spans(frames, best))
    return tuple((decode(list(classes)), probability) for classes, probability in ranked), spans


def judge_number(evidence: Evidence, calibration: Calibration) -> NumberAnswer:
    """One answer of two opinions: readings of the same number count together, and their odds are calibrated."""
    shares: dict[tuple[str, NumberVerdict | None], float] = defaultdict(float)
    for line, probability in evidence.lines:
        shares[number_in(line), kind_of(line)] += probability
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    (text, kind), _ = ranked[0]
    confidence = calibrate(features_of(evidence), calibration)
    spelt = evidence.lines[0][0]
    spans = evidence.spans if spelt == text else ()
    candidates = _candidates(ranked, evidence, text, confidence)
    if kind in WITHOUT_NUMBER:
        return NumberAnswer("", kind, confidence, candidates)
    verdict = NumberVerdict.CONFIDENT if confidence >= calibration.threshold else NumberVerdict.UNSURE
    return NumberAnswer(text, verdict, confidence, candidates, spans)


def features_of(evidence: Evidence) -> NDArray[np.float64]:
    """What a reading's probability to be right is told from, float (3,).

    The log odds of the line reader's probability, the logarithm of its lead over another number, and that of the
    probability of the digit that the single-character model believes least.
    """
    shares: dict[tuple[str, NumberVerdict | None], float] = defaultdict(float)
    for line, probability in evidence.lines:
        shares[number_in(line), kind_of(line)] += probability
    first, second = [*sorted(shares.values(), reverse=True), 0.0][:2]
    digits = [int(sign) for sign in evidence.lines[0][0] if sign.isdigit()]
    believed = [evidence.opinions[i, digit] for i, digit in enumerate(digits)]
    first = float(np.clip(first, _FLOOR, 1 - _FLOOR))
    return np.array(
        [
            np.log(first / (1 - first)),
            np.log(max(first, _FLOOR) / max(second, _FLOOR)),
            np.log(max(min(believed, default=1.0), 1e-4)),
        ]
    )


def calibrate(features: NDArray[np.float64], calibration: Calibration) -> float:
    weights = np.array([calibration.line, calibration.margin, calibration.opinion])
    return float(expit(calibration.bias + features @ weights))


def _candidates(
    ranked: Sequence[tuple[tuple[str, NumberVerdict | None], float]], evidence: Evidence, text: str, confidence: float
) -> tuple[tuple[str, float], ...]:
    """The readings, sharing what the answer leaves them; among them what the single-character model reads instead.

    None is likelier than the answer: what is left is that of readings that nobody has thought of.
    """
    others = {number: share for (number, _), share in ranked[1:] if number != text}
    other = _second_reading(evidence, text)
    if other != text:
        others[other] = max(others.get(other, 0.0), 0.5 * (1 - confidence))
    total = sum(others.values())
    left = 1 - confidence
    shared = [(number, min(confidence, left * share / total)) for number, share in others.items()] if total else []
    shared.sort(key=lambda item: -item[1])
    return ((text, confidence), *shared[: _KEPT - 1])


def _second_reading(evidence: Evidence, text: str) -> str:
    """The text with each digit that the single-character model clearly sees as another replaced by that."""
    if evidence.lines[0][0] != text:
        return text
    answers = iter(evidence.opinions)
    signs = []
    for sign in text:
        if not sign.isdigit():
            signs.append(sign)
            continue
        row = next(answers)
        signs.append(str(int(row.argmax())) if row.max() >= 0.5 else sign)
    return "".join(signs)
