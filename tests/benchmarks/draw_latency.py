"""How long the Draw page takes: python -m tests.benchmarks.draw_latency [--strokes 20] [--training]

Prints the time from opening the first page of a fresh server until the canvas is visible. Then the medians of many
strokes in a real browser: from the end of the stroke to the message (the canvas' own delay), from there to the reply,
from there to the answer, and from end to end. Last the server's own part: a run of the page with no browser beside it.

With --training it measures the strokes once more while a training of the preset "quick" on MNIST, which must be on this
machine, runs in its worker, and prints what that costs; 1 is returned where it is more than 0.3 s.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from core.runs import queue
from core.runs.folder import State, is_held, read_run
from core.settings import Settings, get_settings, to_environment
from core.training.config import PRESETS
from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve
from tests.pages.conftest import canvas_value
from tests.support.strokes import draw

ROOT = Path(__file__).resolve().parents[2]
MOST_MORE = 0.3  # seconds that an answer may take longer beside a training

# Notes, on the page's own clock, when a stroke ends, a message leaves, messages come back, and the answer shows.
WATCH = """
window.times = {};
const note = (name) => { window.times[name] = performance.now(); };
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...all) { super(...all); this.addEventListener('message', () => note('received')); }
  send(data) { note('sent'); super.send(data); }
};
addEventListener('mouseup', () => note('up'), true);
addEventListener('DOMContentLoaded', () => {
  let before = null;
  new MutationObserver(() => {
    const text = document.querySelector('h6')?.innerText;
    if (text !== before) { before = text; requestAnimationFrame(() => note('shown')); }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
});
"""


def main() -> int:
    """Measure and print; 1 where a training beside it costs too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=20, help="how many strokes to take the median of (default: 20)")
    parser.add_argument("--training", action="store_true", help="also measure while a training runs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(get_settings(), runs_dir=Path(folder) / "runs")
        with serve(to_environment(settings)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(WATCH)
            app = App(page, address)
            start = time.perf_counter()
            page.goto(address + "/draw")
            expect(app.canvas).to_be_visible()
            print(f"canvas of the first page visible after {time.perf_counter() - start:.2f} s")
            warm_up(app)
            alone = strokes(app, args.strokes)
            beside = alone
            if args.training:
                with training(settings):
                    print("while a training runs:")
                    beside = strokes(app, args.strokes)
            browser.close()
    report("the server's own part", [server_part(turn) for turn in range(-1, args.strokes)][1:])
    if not args.training:
        return 0
    more = statistics.median(beside) - statistics.median(alone)
    print(
        f"stroke to answer, medians: {statistics.median(alone):.2f} s without a training, "
        f"{statistics.median(beside):.2f} s with one: {more:+.2f} s (at most {MOST_MORE} s wanted)"
    )
    return 0 if more <= MOST_MORE else 1


def strokes(app: App, count: int) -> list[float]:
    """Draw so many digits, print the medians of all parts of the way, and give the seconds from stroke to answer."""
    times = [one_stroke(app, "1" if turn % 2 else "7", 0.4 + 0.4 * turn / count) for turn in range(count)]
    for name in times[0]:
        report(name, [each[name] for each in times])
    return [each["stroke to answer"] for each in times]


@contextmanager
def training(settings: Settings) -> Iterator[None]:
    """A training of the preset "quick" that is in full swing, and longer than any measurement."""
    run = queue.create(replace(PRESETS["quick"], name="beside-drawing", epochs=1000), settings)
    queue.dispatch(settings)
    while not (now := read_run(run.folder)).status.step:
        if now.state not in (State.QUEUED, State.RUNNING):
            raise RuntimeError(f"The training is {now.state}: {now.status.message}")
        time.sleep(0.1)
    try:
        yield
        now = read_run(run.folder)
        print(f"  the training is {now.state}: {now.status.images_per_second:,.0f} images a second")
    finally:
        queue.cancel(run, settings)
        while is_held(run.folder):
            time.sleep(0.1)


def report(name: str, seconds: list[float]) -> None:
    """Print the median and the range."""
    values = sorted(1000 * value for value in seconds)
    print(f"{name:28} {statistics.median(values):6.0f} ms  ({values[0]:.0f} to {values[-1]:.0f})")


def server_part(turn: int) -> float:
    """Seconds that the Draw page runs for a new drawing."""
    value = canvas_value(draw("7", size=400, box=(60 + turn, 60, 200 + 2 * turn), pen=18))
    page = draw_page()
    page.session_state["canvas"] = value
    start = time.perf_counter()
    page.run()
    return time.perf_counter() - start


@cache
def draw_page() -> AppTest:
    """The Draw page, opened in this process."""
    return AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).run().switch_page("pages/draw.py").run()


def warm_up(app: App) -> None:
    """The first answer waits for the network to load; it is not counted."""
    app.draw("1")
    expect(app.answer).to_have_text("1")


def one_stroke(app: App, character: str, size: float) -> dict[str, float]:
    """Clear the canvas, draw a digit of one stroke, and give the seconds of each part of the way to its answer.

    The size is another one each time, so that no answer comes from the cache.
    """
    app.button("Clear").click()
    expect(app.answer).not_to_have_text("1")
    expect(app.answer).not_to_have_text("7")
    app.page.wait_for_timeout(500)
    app.draw(character, size=size)
    expect(app.answer).to_have_text(character)
    app.page.wait_for_timeout(500)
    return parts(app.page)


def parts(page: Page) -> dict[str, float]:
    """Seconds between the noted times."""
    noted: dict[str, Any] = page.evaluate("window.times")
    up, sent, received, shown = (noted[name] / 1000 for name in ("up", "sent", "received", "shown"))
    return {
        "stroke to message": sent - up,
        "message to last of reply": received - sent,
        "last of reply to answer": shown - received,
        "stroke to answer": shown - up,
    }


if __name__ == "__main__":
    sys.exit(main())
