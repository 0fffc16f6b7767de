"""How long the Draw page takes: python tests/benchmarks/draw_latency.py [--strokes 20]

Prints the time from opening the first page of a fresh server until the canvas is visible. Then the medians of many
strokes in a real browser: from the end of the stroke to the message (the canvas' own delay), from there to the reply,
from there to the answer, and from end to end. Last the server's own part: a run of the page with no browser beside it.
"""

import argparse
import statistics
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from tests.browser.app import App  # noqa: E402
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve  # noqa: E402
from tests.pages.conftest import canvas_value  # noqa: E402
from tests.strokes import draw  # noqa: E402

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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=20, help="how many strokes to take the median of (default: 20)")
    count = parser.parse_args().strokes
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(WATCH)
        app = App(page, address)
        start = time.perf_counter()
        page.goto(address + "/draw")
        expect(app.canvas).to_be_visible()
        print(f"canvas of the first page visible after {time.perf_counter() - start:.2f} s")
        warm_up(app)
        times = [one_stroke(app, "1" if turn % 2 else "7", 0.4 + 0.4 * turn / count) for turn in range(count)]
        browser.close()
    for name in times[0]:
        report(name, [each[name] for each in times])
    report("the server's own part", [server_part(turn) for turn in range(-1, count)][1:])


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
    main()
