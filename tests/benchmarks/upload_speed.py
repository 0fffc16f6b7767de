"""How long the Upload page takes to read many files: python -m tests.benchmarks.upload_speed [--files 200]

Prints the seconds from the last byte of the last file reaching the server until the table shows, in a real browser.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Request, expect, sync_playwright

from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve
from tests.support.strokes import CHARACTERS, draw


def photograph(character: str, seed: int) -> bytes:
    """A PNG of 500x500 as a camera makes them: grey paper, uneven light, noise."""
    light = np.linspace(0.65, 0.95, 500)
    noise = np.random.default_rng(seed).normal(0, 4, (500, 500))
    grey = np.clip(draw(character, 500, (100, 80, 300), 20) * 0.8 * light + 30 + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".png", cv2.merge([grey, grey, grey]))[1].tobytes()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200, help="how many files (default: 200)")
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder, serve() as address, sync_playwright() as playwright:
        files = [Path(folder) / f"{place}.png" for place in range(count)]
        for place, path in enumerate(files):
            path.write_bytes(photograph(CHARACTERS[place % 10], place))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        app = App(browser.new_page(viewport={"width": 1280, "height": 800}), address).open("/upload")
        received: list[float] = []

        def note(request: Request) -> None:
            if request.method == "PUT":
                received.append(time.perf_counter())

        app.page.on("requestfinished", note)
        app.picker.set_input_files(files)
        expect(app.button("Download CSV")).to_be_visible(timeout=120_000)
        shown = time.perf_counter()
        browser.close()
        size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(received)} files, {size:.0f} MB: table {shown - received[-1]:.2f} s after the last one was received")


if __name__ == "__main__":
    main()
