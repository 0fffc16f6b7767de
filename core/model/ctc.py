"""What a line says, from the network's probabilities frame by frame: connectionist temporal classification.

Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification", 2006.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Beams = dict[tuple[int, ...], tuple[float, float]]
"""Sequences, and their probabilities to end in a blank and in a class."""

_LIKELY = 1e-3  # classes below this probability are not followed in a frame


def read_beams(probabilities: NDArray[np.float64], width: int = 12) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest class sequences of a line, by prefix beam search.

    Args:
        probabilities: (T, C) of each frame, class 0 the blank; rows sum to 1.
        width: how many sequences are followed.

    Returns:
        Sequences without blanks and their probabilities, the likeliest first, at most `width` of them.
    """
    beams: Beams = {(): (1.0, 0.0)}
    likely = probabilities > _LIKELY
    # Numbers of Python: single ones of numpy take several times as long.
    for frame, followed in zip(probabilities.tolist(), likely, strict=True):
        classes = [c for c in np.flatnonzero(followed).tolist() if c]
        beams = _follow(beams, frame, classes, width) if classes else _stay(beams, frame)
    ranked = sorted(beams.items(), key=lambda item: -sum(item[1]))
    return [(prefix, blank + shown) for prefix, (blank, shown) in ranked]


def _stay(beams: Beams, frame: list[float]) -> Beams:
    """The sequences behind a frame in which nothing begins, as in most."""
    return {
        prefix: ((blank + shown) * frame[0], shown * frame[prefix[-1]] if prefix else 0.0)
        for prefix, (blank, shown) in beams.items()
    }


def _follow(beams: Beams, frame: list[float], classes: list[int], width: int) -> Beams:
    """The likeliest sequences behind a frame in which one of these classes may begin or go on."""
    following: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for prefix, (blank, shown) in beams.items():
        stays = following[prefix]
        stays[0] += (blank + shown) * frame[0]
        if prefix:
            stays[1] += shown * frame[prefix[-1]]
        for c in classes:
            # The same class again begins a new character only behind a blank.
            before = blank if prefix and c == prefix[-1] else blank + shown
            following[(*prefix, c)][1] += before * frame[c]
    best = sorted(following.items(), key=lambda item: -sum(item[1]))[:width]
    return {prefix: (blank, shown) for prefix, (blank, shown) in best if blank + shown}


def find_spans(probabilities: NDArray[np.float64], classes: tuple[int, ...]) -> list[tuple[int, int]]:
    """The frames of each class of a sequence, from and to (not included), on its likeliest path (Viterbi)."""
    states = [0]
    for c in classes:
        states += [c, 0]
    count, frames = len(states), len(probabilities)
    logs = np.log(np.maximum(probabilities[:, states], 1e-12))
    score = np.full((frames, count), -np.inf)
    source = np.zeros((frames, count), np.int64)
    score[0, :2] = logs[0, :2]
    jumps = np.array([s >= 2 and states[s] != 0 and states[s] != states[s - 2] for s in range(count)])
    for t in range(1, frames):
        steps = np.stack([score[t - 1], np.roll(score[t - 1], 1), np.where(jumps, np.roll(score[t - 1], 2), -np.inf)])
        steps[1, 0] = -np.inf
        steps[2, :2] = -np.inf
        source[t] = steps.argmax(axis=0)
        score[t] = steps.max(axis=0) + logs[t]
    path = np.empty(frames, np.int64)
    path[-1] = count - 1 if count == 1 or score[-1, -1] >= score[-1, -2] else count - 2
    for t in range(frames - 1, 0, -1):
        path[t - 1] = path[t] - source[t, path[t]]
    return [
        (int(np.flatnonzero(path == 2 * i + 1)[0]), int(np.flatnonzero(path == 2 * i + 1)[-1]) + 1)
        for i in range(len(classes))
    ]
