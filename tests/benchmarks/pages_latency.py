"""How long Evaluate and Explore take: python -m tests.benchmarks.pages_latency [--rounds 5]

Prints medians in a real browser: from a link to visible charts, in a browser that has never been here and in one that
has; from a control to the new chart; the measurement of 10,000 images from the click; the map of 3,000 images. MNIST
must be on this machine. The server is warm: each page was open once before.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, expect, sync_playwright

from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is done (default: 5)")
    rounds = parser.parse_args().rounds
    with serve() as address, sync_playwright() as playwright:

        def launch() -> Browser:
            return playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))

        def fresh(path: str, shown: Callable[[App], Locator]) -> float:
            """Seconds from the address to the chart, in a browser that has never been here."""
            browser = launch()
            seconds = straight(App(browser.new_page(viewport={"width": 1280, "height": 800}), address), path, shown)
            browser.close()
            return seconds

        for path, shown in (("/evaluate", matrix), ("/explore", counts)):
            fresh(path, shown)  # the server loads what the page needs
            report(f"{path}, new browser", [fresh(path, shown) for _ in range(rounds)])
        browser = launch()
        app = App(browser.new_page(viewport={"width": 1280, "height": 800}), address)
        for path, shown in (("/evaluate", matrix), ("/explore", counts)):
            straight(app, path, shown)
            report(f"{path}, known browser", [straight(app, path, shown) for _ in range(rounds)])
        app.open("/evaluate")
        expect(app.matrix).to_be_visible()
        report("Home to Evaluate by its link", [by_link(app) for _ in range(rounds)])
        report("a control of the matrix", [redraw(app, turn) for turn in range(2 * rounds)])
        report("a cell to its images", [cell(app, turn) for turn in range(2 * rounds)])
        print(f"{'10,000 images measured anew':32} {measure(app):6.2f} s")
        app.open("/explore").part("Map")
        expect(app.map.locator(".xtitle")).to_be_visible()
        report("map of 3,000 other images", [other_map(app, turn + 1) for turn in range(rounds)])
        browser.close()


def report(name: str, seconds: list[float]) -> None:
    """Print the median and the range."""
    print(f"{name:32} {statistics.median(seconds):6.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})", flush=True)


def matrix(app: App) -> Locator:
    """The confusion matrix, drawn."""
    return app.matrix


def counts(app: App) -> Locator:
    """The bars of the class counts, drawn."""
    return app.page.locator(".barlayer .point").first


def straight(app: App, path: str, shown: Callable[[App], Locator]) -> float:
    """Seconds from entering an address to the chart."""
    start = time.perf_counter()
    app.page.goto(app.address + path)
    expect(shown(app)).to_be_visible()
    return time.perf_counter() - start


def by_link(app: App) -> float:
    """Seconds from a click on the sidebar's link to the chart."""
    app.page.get_by_role("link", name="Home").click()
    expect(app.page.get_by_text("95 % interval").first).to_be_visible()
    app.settle()
    start = time.perf_counter()
    app.page.get_by_test_id("stSidebar").get_by_role("link", name="Evaluate").click()
    expect(app.matrix).to_be_visible()
    return time.perf_counter() - start


def redraw(app: App, turn: int) -> float:
    """Seconds from a switch between images and shares to the other numbers."""
    app.settle()
    wanted, number = ("Shares", "99.9") if turn % 2 == 0 else ("Images", "1133")
    start = time.perf_counter()
    app.page.get_by_role("radio", name=wanted).click()
    expect(app.matrix.get_by_text(number, exact=True).first).to_be_visible()
    return time.perf_counter() - start


def cell(app: App, turn: int) -> float:
    """Seconds from a click on a cell to the heading over its images."""
    app.settle()
    true, read = ((9, 4), (7, 1))[turn % 2]
    start = time.perf_counter()
    app.click_cell(true, read)
    expect(app.page.get_by_text(f"{true} read as {read}:").last).to_be_visible()
    expect(app.page.get_by_role("heading", name=f"{true} read as {read}:")).to_be_visible()
    return time.perf_counter() - start


def measure(app: App) -> float:
    """Seconds from "Measure again" to the new figures."""
    app.settle()
    start = time.perf_counter()
    app.button("Measure again").click()
    expect(app.page.get_by_text("Measured on this machine")).to_be_visible()
    expect(app.matrix).to_be_visible()
    return time.perf_counter() - start


def other_map(app: App, seed: int) -> float:
    """Seconds from another seed to the map of the images that it draws, read by the model anew."""
    app.settle()
    before = app.map_points().keys()
    field = app.page.get_by_role("spinbutton", name="Seed")
    field.fill(str(seed))
    start = time.perf_counter()
    field.press("Enter")
    app.wait_for_other_points(before)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
