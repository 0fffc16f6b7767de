"""Damaged input at every way in: python -m tests.benchmarks.fuzz [--minutes 5] [--seed 0] [--door samples]

Whatever is neither taken nor refused with one of the program's errors is printed with the seed that makes it again.
"""

import argparse
import random
import time
from collections import Counter

from tests.support.fuzzing import DOORS, try_one


def main() -> int:
    """Try, count, print; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="for all ways in together (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="of the first input (default: 0)")
    parser.add_argument("--door", choices=DOORS, nargs="*", default=list(DOORS), help="only these ways in")
    args = parser.parse_args()
    failures = 0
    for name in args.door:
        outcomes, end = Counter[str](), time.monotonic() + 60 * args.minutes / len(args.door)
        seed = args.seed
        while time.monotonic() < end:
            try:
                outcomes["taken" if try_one(DOORS[name], random.Random(seed)) else "refused"] += 1
            except AssertionError as error:
                outcomes["wrong"] += 1
                print(f"{name}, seed {seed}: {str(error)[:300]}")
            seed += 1
        failures += outcomes["wrong"]
        print(f"{name}: {', '.join(f'{count:,} {outcome}' for outcome, count in sorted(outcomes.items()))}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
