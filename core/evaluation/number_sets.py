"""Sets of lines that a reader of numbers is measured on, and its scores on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.lines.compose import compose_line
from core.data.lines.hands import Hands, read_hands
from core.data.lines.photographed import MEASURED_ON, read_measured, split_of
from core.errors import ConfigError, DataEmpty
from core.evaluation.metrics import wilson_interval
from core.evaluation.numbers import digits_are_right, is_right, score
from core.jobs import Progress, ignore
from core.model.inference import idle_cores
from core.model.number_reader import NumberReader
from core.model.numbers import NumberAnswer
from core.model.numbers_card import NumbersScore
from core.settings import Settings
from core.vision.grey import Pixels

COMPOSED_LINES = 2000
_SEEDS = {"validation": 1, "test": 2}
_AT_ONCE = 64


@dataclass(frozen=True)
class LineExample:
    """A picture of a line, grey, uint8 (H, W), and what is written on it, in the alphabet's characters."""

    picture: Pixels
    text: str


@dataclass(frozen=True)
class LineData:
    """What the lines of a split are made of; its writers are read once, when a set first asks for them."""

    settings: Settings
    split: str

    @cached_property
    def hands(self) -> Hands:
        return read_hands(self.settings, self.split)


@dataclass(frozen=True)
class LineSet:
    """Lines to measure on, by split, and when an answer is right."""

    name: str
    title: str
    read: Callable[[LineData], list[LineExample]]
    right: Callable[[NumberAnswer, str], bool]


def compose_lines(hands: Hands, count: int, seed: int) -> list[LineExample]:
    """Lines of all kinds, written by these hands."""
    rng = np.random.default_rng(seed)
    lines = (compose_line(hands, rng) for _ in range(count))
    return [LineExample(line.picture, line.text) for line in lines]


def _composed(data: LineData) -> list[LineExample]:
    return compose_lines(data.hands, COMPOSED_LINES, _SEEDS[data.split])


def _numbers(data: LineData) -> list[LineExample]:
    """Numbers of 2 to 8 digits, each digit as likely as the others."""
    hands, rng = data.hands, np.random.default_rng(_SEEDS[data.split])
    texts = ("".join(map(str, rng.integers(0, 10, int(rng.integers(2, 9))))) for _ in range(COMPOSED_LINES))
    return [LineExample(compose_line(hands, rng, text).picture, text) for text in texts]


def _cheques(data: LineData) -> list[LineExample]:
    lines = read_measured(data.settings)
    return [LineExample(line.picture, line.text) for file, line in lines.items() if split_of(file) == data.split]


SETS = {
    each.name: each
    for each in (
        LineSet("composed-lines", "Composed lines of held-out writers", _composed, is_right),
        LineSet("composed-numbers", "Composed numbers of 2 to 8 digits of held-out writers", _numbers, is_right),
        LineSet(MEASURED_ON, "Cheque amounts (ORAND-CAR-A)", _cheques, digits_are_right),
    )
}


def get_set(name: str) -> LineSet:
    """A set by name; ConfigError where there is none."""
    if name not in SETS:
        raise ConfigError(f"A reader of numbers is measured on {', '.join(SETS)}; got {name!r}.")
    return SETS[name]


def read_lines(
    reader: NumberReader, examples: Sequence[LineExample], progress: Progress = ignore
) -> list[NumberAnswer]:
    """Answers to all lines, in their order, some at a time, in as many threads as torch leaves cores idle."""
    answers: list[NumberAnswer] = []
    with idle_cores() as pool:
        for part in pool.map(lambda part: reader.read([line.picture for line in part]), in_parts(examples)):
            answers += part
            progress(len(answers), len(examples))
    return answers


def in_parts(examples: Sequence[LineExample]) -> Iterator[Sequence[LineExample]]:
    """As many at a time as are read together."""
    return (examples[start : start + _AT_ONCE] for start in range(0, len(examples), _AT_ONCE))


@dataclass(frozen=True)
class LineAnswers:
    """The answers of a reader to a set's lines, in their order, and which of them are right."""

    chosen: LineSet
    examples: list[LineExample]
    answers: list[NumberAnswer]

    @property
    def right(self) -> list[bool]:
        return [self.chosen.right(a, example.text) for a, example in zip(self.answers, self.examples, strict=True)]

    def score(self) -> NumbersScore:
        scores = score(self.answers, [example.text for example in self.examples], self.chosen.right)
        low, high = wilson_interval(scores.right, scores.lines)
        return NumbersScore(
            dataset=self.chosen.name,
            title=self.chosen.title,
            lines=scores.lines,
            accuracy=scores.right / scores.lines,
            low=low,
            high=high,
            confident=scores.confident / scores.lines,
            confident_error=scores.confident_wrong / max(scores.confident, 1),
        )


def measure_numbers(
    reader: NumberReader, name: str, split: str, settings: Settings, progress: Progress = ignore
) -> LineAnswers:
    """Let a reader read a split of a set.

    Raises:
        ConfigError: there is no such set.
        DataMissing: what its lines are made of is not there.
        DataEmpty: the split has none.
        DataError: something is damaged.
    """
    return measure_set(reader, get_set(name), LineData(settings, split), progress)


def measure_set(reader: NumberReader, chosen: LineSet, data: LineData, progress: Progress = ignore) -> LineAnswers:
    """As `measure_numbers`, for several sets of the same data."""
    examples = chosen.read(data)
    if not examples:
        raise DataEmpty(f"{chosen.title} has no lines for {data.split}.")
    return LineAnswers(chosen, examples, read_lines(reader, examples, progress))
