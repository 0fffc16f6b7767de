"""What teaching does for a new hand, and what it costs: python -m tests.benchmarks.teach_writers [--replay uci-digits]

For each writer whom the shipped model has never seen: half of the writer's digits are to teach (thirty of them, three
of each), the other half, drawn four times each, are the test. MNIST's test images say what was forgotten.
"""

import argparse
import time

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.datasets import load
from core.data.pen_strokes import read_strokes, writers_of
from core.data.strokes import PenCharacter, draw
from core.model.inference import network_logits
from core.model.library import DEFAULT_MODEL
from core.model.library import load as load_model
from core.settings import Settings, get_settings
from core.teaching.finetune import Lesson, finetune
from core.vision.normalise import normalise

OF_EACH, DRAWINGS = 3, 4


def drawn(digits: list[PenCharacter], seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Glyphs and labels of digits on a canvas, at random size, place and pen width."""
    seeds = np.random.SeedSequence(seed).spawn(len(digits))
    pictures = (draw(digit.strokes, np.random.default_rng(one)) for digit, one in zip(digits, seeds, strict=True))
    glyphs = np.stack([normalise(picture).glyph for picture in pictures])
    return glyphs, np.array([int(digit.label) for digit in digits], np.int64)


def halves(writer: str, settings: Settings) -> tuple[list[PenCharacter], list[PenCharacter]]:
    """A writer's digits, shuffled: one half to teach, one to test."""
    mine = [digit for digit in read_strokes(settings.data_dir) if digit.writer == writer]
    order = np.random.default_rng(int(writer)).permutation(len(mine))
    return [mine[place] for place in order[: len(mine) // 2]], [mine[place] for place in order[len(mine) // 2 :]]


def thirty(digits: list[PenCharacter]) -> list[PenCharacter]:
    """The first three of each class."""
    return [digit for label in "0123456789" for digit in [one for one in digits if one.label == label][:OF_EACH]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replay", default="mnist", help="training images against forgetting (default: mnist)")
    replay = load(parser.parse_args().replay, "train", settings := get_settings()).images
    recogniser, mnist = load_model(DEFAULT_MODEL, settings), load("mnist", "test", settings)
    card = recogniser.card

    def score(network: torch.nn.Module, glyphs: NDArray[np.uint8], labels: NDArray[np.int64]) -> float:
        return 100 * float((network_logits(network, glyphs, card.mean, card.std).argmax(axis=1) == labels).mean())

    whole = score(recogniser.network, mnist.images, mnist.labels)
    print(f"MNIST test before: {whole:.2f} %")
    gains, costs = [], []
    for writer in writers_of("test"):
        teaching, testing = halves(writer, settings)
        glyphs, labels = drawn(testing * DRAWINGS, seed=2)
        started = time.perf_counter()
        network = finetune(recogniser, Lesson(*drawn(thirty(teaching), seed=1), replay))
        seconds = time.perf_counter() - started
        before, after = score(recogniser.network, glyphs, labels), score(network, glyphs, labels)
        cost = whole - score(network, mnist.images, mnist.labels)
        gains.append(after - before)
        costs.append(cost)
        print(
            f"writer {writer:>2}: {before:.1f} -> {after:.1f} % of {len(labels)}, MNIST {-cost:+.2f}, {seconds:.0f} s",
            flush=True,
        )
    print(f"mean gain {np.mean(gains):+.2f}, mean cost on MNIST {np.mean(costs):.2f}, largest {max(costs):.2f} points")


if __name__ == "__main__":
    main()
