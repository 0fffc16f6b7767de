"""How well numbers are read, set by set: python -m tests.benchmarks.numbers [--share choosing|testing] [SET …].

Real sets lie in the data folder, see docs/data.md; their names are those of SETS. Of the cheques, half by the CRC-32 of
their names is for choosing, the other half for testing; of half marks every series of near-duplicates is on one side.
"""

import argparse
import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from core.evaluation.metrics import wilson_interval
from core.evaluation.number_sets import LineData, LineExample, get_set, read_lines
from core.evaluation.numbers import digits_are_right, is_right, review_error
from core.model.number_reader import NumberReader
from core.model.numbers import NumberAnswer, NumberVerdict
from core.model.numbers_library import load_numbers
from core.settings import Settings, get_settings
from core.sheets.reading import read_page
from core.vision.grey import Pixels

Right = Callable[[NumberAnswer, str], bool]
_SERIES = 40  # half marks in a row that were photographed one after the other


def same_value(answer: NumberAnswer, text: str) -> bool:
    return is_right(answer, text, by_value=True)


def of_set(name: str) -> Callable[[Settings, str], Iterator[LineExample]]:
    return lambda settings, share: iter(
        get_set(name).read(LineData(settings, "validation" if share == "choosing" else "test"))
    )


def half_marks(settings: Settings, share: str) -> Iterator[LineExample]:
    folder = settings.data_dir / "half-marks"
    for index, row in enumerate(_labels(folder)):
        if (index // _SERIES % 2 == 0) == (share == "choosing"):
            yield LineExample(_grey(folder / row["file"]), row["value"])


def old_numbers(settings: Settings, share: str) -> Iterator[LineExample]:
    folder = settings.data_dir / "old-numbers"
    for index, row in enumerate(_labels(folder)):
        if (index % 2 == 0) == (share == "choosing"):
            yield LineExample(_grey(folder / row["file"]), row["digits"])


def _labels(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _grey(path: Path) -> Pixels:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None, path
    return np.asarray(picture, np.uint8)


SETS: dict[str, tuple[Callable[[Settings, str], Iterator[LineExample]], Right]] = {
    "cheques": (of_set("cheque-amounts"), digits_are_right),
    "half-marks": (half_marks, same_value),
    "old-numbers": (old_numbers, digits_are_right),
    "composed": (of_set("composed-numbers"), is_right),
}


def measure(name: str, reader: NumberReader, share: str, settings: Settings, wrong: int) -> None:
    source, right_of = SETS[name]
    examples = list(source(settings, share))
    answers = (
        read_lines(reader, examples) if name == "composed" else [_read(example.picture, reader) for example in examples]
    )
    right = np.array([right_of(a, example.text) for a, example in zip(answers, examples, strict=True)])
    sure = np.array([answer.verdict is NumberVerdict.CONFIDENT for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    low, high = wilson_interval(int(right.sum()), len(right))
    print(
        f"{name:<12} {share:<9} n {len(right):5,}  right {right.mean():6.1%} ({low:.1%} to {high:.1%})  "
        f"confident {sure.mean():6.1%}, wrong {int((sure & ~right).sum())}  "
        f"a tenth reviewed: {review_error(confidence, right, 0.1):.1%} wrong of the rest"
    )
    for index in np.flatnonzero(~right)[:wrong]:
        answer = answers[index]
        print(f"    {examples[index].text:>9} read {answer.text or answer.verdict.value!r}, {answer.confidence:.2f}")


def _read(picture: Pixels, reader: NumberReader) -> NumberAnswer:
    """What `python -m core read --layout number` says of a picture."""
    (field,) = read_page("", 1, picture, reader, "number").sheet.fields or (None,)
    if field is None:
        return NumberAnswer("", NumberVerdict.BLANK, 0.0, ())
    return NumberAnswer(field.text, NumberVerdict(field.verdict), field.confidence, field.candidates)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well numbers are read, set by set.")
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="SET", help=", ".join(SETS))
    parser.add_argument("--share", choices=("choosing", "testing"), default="testing")
    parser.add_argument("--model", default="numbers", metavar="NAME")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="how many wrong answers to list of each set")
    args = parser.parse_args()
    settings = get_settings()
    reader = load_numbers(settings, args.model)
    for name in args.sets:
        measure(name, reader, args.share, settings, args.wrong)


if __name__ == "__main__":
    main()
