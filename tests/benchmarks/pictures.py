"""How well pictures of all kinds are read: python -m tests.benchmarks.pictures [MODEL] [--only SET …] [--limit N]

For every set: how many pictures, the share that is answered right with its 95 % interval, the share called confident
and how many of those are wrong, and the shares of the other verdicts; where sets show the same pictures in other forms,
how many get the same answer as in the first form. Sets that belong together follow as one. One thread; with --limit 100
it takes a few minutes. --out keeps all figures, and every picture that was not answered right, as JSON.
"""

import argparse
import dataclasses
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from core.cli.output import print_table
from core.errors import DataMissing, PictureError
from core.evaluation.metrics import wilson_interval
from core.model.inference import Recogniser
from core.model.library import DEFAULT_MODEL, load
from core.model.prediction import Prediction
from core.model.reader import read_drawing, read_pictures
from core.settings import get_settings
from core.text import percent
from core.vision.decode import decode
from tests.support.pictures import BLANK, OTHER, SEVERAL
from tests.support.sets import FAMILIES, REAL, Picture, PictureSet, Sample

BATCH = 100  # pictures that are in memory at a time
CONFIDENT, UNREAD = "confident", "unread"
REFUSALS = (BLANK, OTHER, SEVERAL)
HEADER = ("set", "n", "right", "95 % interval", "confident", "of these wrong", "blank", "other", "several", "unsure")


def read(pictures: Sequence[Picture], recogniser: Recogniser) -> list[Prediction | None]:
    """What the model says to files and to drawings on a canvas, in order; None to a file that cannot be read."""
    settings, only = get_settings(), recogniser.charset.restricted("digits")

    def prepared(picture: Picture) -> NDArray[np.uint8] | None:
        try:
            return decode(picture, settings) if isinstance(picture, bytes) else None
        except PictureError:
            return None

    arrays = [prepared(picture) for picture in pictures]
    readings = iter(read_pictures(recogniser, [array for array in arrays if array is not None], only))
    return [
        next(readings).prediction
        if array is not None
        else None
        if isinstance(picture, bytes)
        else read_drawing(recogniser, picture[..., 3], only).prediction
        for picture, array in zip(pictures, arrays, strict=True)
    ]


@dataclass(frozen=True)
class Outcome:
    """What became of a picture: `answer` is a digit, or the verdict where that is the answer."""

    name: str
    right: str
    answer: str
    verdict: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether it is answered as it should be, surely or not."""
        return self.answer == self.right


def outcome(sample: Sample, prediction: Prediction | None) -> Outcome:
    """A sample and what was said to it."""
    if prediction is None:
        return Outcome(sample.name, sample.right, UNREAD, UNREAD, 0.0)
    verdict = prediction.verdict.value
    answer = verdict if verdict in REFUSALS else prediction.label or verdict
    return Outcome(sample.name, sample.right, answer, verdict, prediction.confidence)


@dataclass(frozen=True)
class Measured:
    """The outcomes of a set, at least one, and the seconds that reading it took, with the making of its pictures."""

    name: str
    outcomes: list[Outcome]
    seconds: float

    @cached_property
    def verdicts(self) -> Counter[str]:
        """How often each verdict was given."""
        return Counter(one.verdict for one in self.outcomes)

    @property
    def right(self) -> int:
        """How many are answered right."""
        return sum(one.is_right for one in self.outcomes)

    @property
    def confidently_wrong(self) -> int:
        """How many are called confident and are wrong."""
        return sum(one.verdict == CONFIDENT and not one.is_right for one in self.outcomes)

    def row(self) -> list[str]:
        """What the table says, in the order of HEADER."""
        confident = self.verdicts[CONFIDENT]
        wrong = f"{self._share(self.confidently_wrong, confident)} ({self.confidently_wrong})" if confident else "-"
        shares = [self._share(self.verdicts[name]) for name in (*REFUSALS, "unsure")]
        return [self.name, str(len(self.outcomes)), *share_and_interval(self.right, len(self.outcomes)),
                self._share(confident), wrong, *shares]  # fmt: skip

    def _share(self, count: int, among: int | None = None) -> str:
        return f"{100 * count / (among or len(self.outcomes)):.1f}"

    def to_json(self) -> dict[str, object]:
        """All figures, and the pictures that are not answered right."""
        low, high = wilson_interval(self.right, len(self.outcomes))
        return {
            "n": len(self.outcomes),
            "right": self.right,
            "low": low,
            "high": high,
            "confidently_wrong": self.confidently_wrong,
            "verdicts": dict(self.verdicts),
            "seconds": round(self.seconds, 2),
            "wrong": [dataclasses.asdict(one) for one in self.outcomes if not one.is_right],
        }


def share_and_interval(count: int, among: int) -> tuple[str, str]:
    """In percent, as the table shows them."""
    low, high = wilson_interval(count, among)
    return f"{100 * count / among:.2f}", f"{100 * low:.1f} to {100 * high:.1f}"


def measure(one: PictureSet, limit: int, recogniser: Recogniser) -> Measured:
    """Read a set, or so many of its pictures, drawn by a fixed seed: of sets as large the same places."""
    started = time.perf_counter()
    places = np.arange(one.count)
    if 0 < limit < one.count:
        places = np.sort(np.random.default_rng(0).permutation(one.count)[:limit])
    outcomes: list[Outcome] = []
    for start in range(0, len(places), BATCH):
        samples = [one.at(int(place)) for place in places[start : start + BATCH]]
        predictions = read([sample.picture for sample in samples], recogniser)
        outcomes += [outcome(*both) for both in zip(samples, predictions, strict=True)]
    return Measured(one.name, outcomes, time.perf_counter() - started)


def chosen(only: Sequence[str]) -> Iterator[PictureSet]:
    """The sets whose names begin with one of these, or all; what is not on this machine is said and left out."""
    data_dir = get_settings().data_dir
    for family, sets in FAMILIES.items():
        if only and not any(name.partition("/")[0] == family for name in only):
            continue
        try:
            found = sets(data_dir)
        except (FileNotFoundError, DataMissing) as error:
            print(f"left out: {family} ({error})", file=sys.stderr)
            continue
        yield from (one for one in found if not only or one.name.startswith(tuple(only)))


def pooled(measured: Iterable[tuple[PictureSet, Measured]]) -> list[Measured]:
    """The sets that are counted together, as one each."""
    pools: dict[str, list[Measured]] = {}
    for one, figures in measured:
        if one.pool:
            pools.setdefault(one.pool, []).append(figures)
    return [
        Measured(
            f"all of {name}", [one for part in parts for one in part.outcomes], sum(part.seconds for part in parts)
        )
        for name, parts in pools.items()
    ]


@dataclass(frozen=True)
class Agreement:
    """How many pictures get the same answer as in the first form: in this form, or in all forms."""

    name: str
    same: int
    n: int


def agreements(measured: Sequence[tuple[PictureSet, Measured]]) -> list[Agreement]:
    """For every group of sets: each form beside the first, and all of them."""
    found = []
    for group in dict.fromkeys(one.group for one, _ in measured if one.group):
        forms = [figures for one, figures in measured if one.group == group]
        answers = np.array([[one.answer for one in form.outcomes] for form in forms])
        same = answers == answers[0]
        found += [Agreement(form.name, int(row.sum()), len(row)) for form, row in zip(forms[1:], same[1:], strict=True)]
        found.append(Agreement(f"{group}, all forms", int(same.all(axis=0).sum()), same.shape[1]))
    return found


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default=DEFAULT_MODEL, help="name of a model (%(default)s)")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="SET", help=f"of {', '.join(FAMILIES)}, or one in them"
    )
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="at most so many pictures of each set (all)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep all figures as JSON")
    args = parser.parse_args()
    if unknown := [name for name in args.only if name.partition("/")[0] not in FAMILIES]:
        parser.error(f"no such set: {', '.join(unknown)}")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    recogniser, started = load(args.model, get_settings()), time.perf_counter()
    measured = []
    for one in chosen(args.only):
        measured.append((one, measure(one, args.limit, recogniser)))
        print(f"{one.name}: {measured[-1][1].right} of {len(measured[-1][1].outcomes)}", file=sys.stderr, flush=True)
    report(args.model, args.limit, measured, time.perf_counter() - started, args.out)


def report(
    model: str, limit: int, measured: Sequence[tuple[PictureSet, Measured]], seconds: float, out: Path | None
) -> None:
    """Print the tables, and write the figures."""
    figures, pools, same = [one for _, one in measured], pooled(measured), agreements(measured)
    print(f"\n{model}; percent; {os.cpu_count()} cores, {platform.machine()}, one thread, {seconds:.0f} s\n")
    print_table(HEADER, [one.row() for one in [*figures, *pools]])
    if same:
        print("\nThe same answer as in the first form:")
        rows = [[one.name, str(one.n), *share_and_interval(one.same, one.n)] for one in same]
        print_table(("form", "n", "same", "95 % interval"), rows)
    for pool in pools:
        if pool.name == f"all of {REAL}":
            refused = sum(pool.verdicts[name] for name in REFUSALS)
            n = len(pool.outcomes)
            print(f"\nReal digits refused ({', '.join(REFUSALS)}): {refused} of {n}, {percent(refused / n)}")
    if out:
        kept = {
            "model": model,
            "limit": limit,
            "sets": {one.name: one.to_json() for one in figures},
            "pools": {one.name: one.to_json() | {"wrong": []} for one in pools},
            "same": {one.name: {"same": one.same, "n": one.n} for one in same},
        }
        out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
