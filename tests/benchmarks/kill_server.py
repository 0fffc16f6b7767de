"""Do trainings survive the server? OMP_NUM_THREADS=1 DIGITS_NICENESS=0 python -m tests.benchmarks.kill_server

(One thread, and no giving way: the browser, the servers and the watcher of this benchmark take both of two cores.)

Trainings are started from the Train page in Chromium, one runs and the next one waits, and the server is killed
(SIGKILL) at random moments and started again. After each start the page must show the training that is under way. At
the end every run must be finished with the weights of an undisturbed one, bit for bit; all the time a watcher reads the
files of runs and models, and none may be found in part. Takes some minutes; no timing of it means anything.
"""

import argparse
import dataclasses
import os
import random
import re
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, expect, sync_playwright

from core.runs.folder import Run, State, list_runs
from core.settings import Settings, to_environment
from core.training.config import TrainConfig
from tests.benchmarks.kills import Watcher, place, same
from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve
from tests.browser.test_train import begin
from tests.unit.test_worker import started, wait

EPOCHS = 12
PATIENCE_MS = 120_000
LONGEST_LIFE = 8.0  # seconds that a server is left alone
UNDER_WAY = (State.RUNNING, State.QUEUED)


def main() -> int:
    """Kill, compare, print; 1 if anything differed, was found in part or not shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10, help="how many in all (default: 10)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    args = parser.parse_args()
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = place(Path(folder) / "killed")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        with Watcher(settings) as watcher:
            for number in range(1, args.kills + 1):
                one_life(browser, settings, chance, number)
            with serve(to_environment(settings)) as address:
                shown(opened(browser, address), settings)
                for run in list_runs(settings):
                    wait(run, State.FINISHED)
        browser.close()
        different = compare(settings, place(Path(folder) / "undisturbed"))
    print(f"{args.kills} kills of the server, {different} runs ended otherwise than undisturbed; {watcher}")
    return 1 if different or watcher.problems else 0


def one_life(browser: Browser, settings: Settings, chance: random.Random, number: int) -> None:
    """A server from its start to its death at a random moment, with trainings under way."""
    with serve(to_environment(settings)) as address:
        app = opened(browser, address)
        said = shown(app, settings)
        while len(under_way(settings)) < 2:
            before = len(list_runs(settings))
            app.settle()
            begin(app, EPOCHS, batch_size=16)  # so that it lasts
            if chance.random() < 0.3:
                break  # killed in the midst of the start
            while len(list_runs(settings)) == before:
                app.page.wait_for_timeout(50)
            app = opened(browser, address)
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        now = under_way(settings)
        states = [f"{run.config.name} {run.state} {run.status.epoch}/{run.status.epochs}" for run in now]
        os.kill(process_of(address), signal.SIGKILL)
    print(f"kill {number}: {said}; killed with {', '.join(states) or 'nothing under way'}", flush=True)
    app.page.context.close()


def process_of(address: str) -> int:
    """The server of an address, found by its command line as a person would."""
    port = f"--server.port={address.rpartition(':')[2]}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if port in (entry / "cmdline").read_bytes().split(b"\0"):
                    return int(entry.name)
    raise ProcessLookupError(address)


def opened(browser: Browser, address: str) -> App:
    """The Train page in a browser that has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    return App(context.new_page(), address).open("/train")


def under_way(settings: Settings) -> list[Run]:
    """The runs that run or wait."""
    return [run for run in list_runs(settings) if run.state in UNDER_WAY]


def shown(app: App, settings: Settings) -> str:
    """Wait until the page shows what is under way, or has ended while it opened; what it says."""
    if not under_way(settings):
        return "nothing to show"
    names = "|".join(re.escape(run.config.name) for run in list_runs(settings))
    heading = app.page.get_by_role("heading", name=re.compile(f"“({names})”: "))
    try:
        expect(heading.first).to_be_visible(timeout=PATIENCE_MS)
    except (AssertionError, Error):
        if under_way(settings):
            raise
        return "it ended while the page opened"
    return (heading.first.text_content() or "").partition("Training ")[2]


def compare(settings: Settings, whole: Settings) -> int:
    """Train each configuration once more, undisturbed; how many runs ended otherwise."""
    done: dict[TrainConfig, str] = {}
    different = 0
    for run in list_runs(settings):
        assert isinstance(run.config, TrainConfig)
        config = dataclasses.replace(run.config, name="undisturbed")
        if config not in done:
            done[config] = f"undisturbed-{len(done)}"
            wait(started(dataclasses.replace(config, name=done[config]), whole), State.FINISHED)
        alike = same(settings, run.status.model, whole, done[config])
        different += not alike
        print(f"{run.config.name}: {run.state}, {'the same' if alike else 'DIFFERENT'}", flush=True)
    return different


if __name__ == "__main__":
    sys.exit(main())
