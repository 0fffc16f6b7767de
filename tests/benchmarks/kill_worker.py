"""Does a training survive being killed? python -m tests.benchmarks.kill_worker [--kills 30]

A short training runs undisturbed. Then the same one runs again and again, its worker killed (SIGKILL) at random moments
and started again, until so many kills have happened. Every run must end with the same weights, bit for bit, and the
same history; all the time a watcher reads the files of runs and models, and none may be found in part. Takes some
minutes; no timing of it means anything.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from core.runs import queue
from core.runs.folder import State, read_run
from core.settings import Settings
from tests.benchmarks.kills import Watcher, place, same
from tests.support.mnist import write_mnist
from tests.unit.test_worker import CONFIG, kill, started, wait

LONGER = replace(CONFIG, epochs=40)
LONGEST_LIFE = 8.0  # seconds until a worker is killed


def main() -> int:
    """Kill, compare, print; 1 if anything differed or was found in part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="how many in all (default: 30)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    args = parser.parse_args()
    chance, kills, different, problems = random.Random(args.seed), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        whole = _small(Path(folder) / "undisturbed")
        wait(started(LONGER, whole), State.FINISHED)
        number = 0
        while kills < args.kills:
            number += 1
            settings = _small(Path(folder) / str(number))
            with Watcher(settings) as watcher:
                here = disturbed(settings, chance, args.kills - kills)
            kills += here
            alike = same(settings, CONFIG.name, whole, CONFIG.name)
            different += not alike
            problems += len(watcher.problems)
            print(f"run {number}: killed {here} times, {'the same' if alike else 'DIFFERENT'}; {watcher}", flush=True)
    print(f"{kills} kills in {number} runs, {different} of which ended otherwise than the undisturbed one")
    return 1 if different or problems else 0


def _small(folder: Path) -> Settings:
    settings = place(folder)
    write_mnist(settings.data_dir, 120)
    return settings


def disturbed(settings: Settings, chance: random.Random, most: int) -> int:
    """Run the training to its end, killing its worker on the way; how often."""
    run = started(LONGER, settings)
    kills = 0
    while True:
        wait(run, State.RUNNING, State.FINISHED)
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        if read_run(run.folder).state is State.FINISHED:
            return kills
        if kills == most:
            wait(run, State.FINISHED)
            return kills
        kill(run)
        kills += 1
        queue.enqueue(read_run(run.folder), settings)
        queue.dispatch(settings)


if __name__ == "__main__":
    sys.exit(main())
