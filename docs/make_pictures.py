"""Make the pictures of this project from the program itself: python docs/make_pictures.py

home.svg is a digit of the tests' own pen strokes, sent through the real pipeline and read by the shipped model.
draw.png is the Draw page with that digit on it, letters.png an O that is read as one of two characters, evaluate.png
the confusion matrix with a cell's images, explore.png the map, train.png a training under way, samples.png what
teaching one writer's hand has done. They need Chromium, as the browser tests do, and all but the first MNIST; the last
also the pen strokes, and some minutes.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.charsets import DIGITS  # noqa: E402
from core.data.pen_strokes import writers_of  # noqa: E402
from core.model.library import DEFAULT_MODEL, load  # noqa: E402
from core.samples import edits  # noqa: E402
from core.samples.store import Sample  # noqa: E402
from core.settings import Settings, get_settings, to_environment  # noqa: E402
from core.vision.normalise import normalise  # noqa: E402
from tests.benchmarks.kills import place  # noqa: E402
from tests.benchmarks.teach_writers import drawn, halves, thirty  # noqa: E402
from tests.browser.app import App  # noqa: E402
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve  # noqa: E402
from tests.support.strokes import draw, strokes  # noqa: E402

BLUE, GREY = "#5674e8", "#a3acc2"
DIGIT, VARIANT = "7", 1
SIDE = 200
PATIENCE_MS = 900_000
SIZE = 'viewBox="0 0 780 204" width="780" height="204"'
LINES = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'


def home_svg() -> str:
    """Three panels: the strokes, the glyph, the probabilities."""
    normalised = normalise(draw(DIGIT, variant=VARIANT))
    shares = load(DEFAULT_MODEL, get_settings()).predict([normalised])[0].probabilities
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {SIZE} {LINES}>',
            f'<g transform="translate(2 2)">{_paper()}</g>',
            _arrow(222),
            f'<g transform="translate(284 2)">{_pixels(normalised.glyph)}</g>',
            _arrow(504),
            f'<g transform="translate(566 2)">{_bars(shares)}</g>',
            "</svg>\n",
        ]
    )


def _paper() -> str:
    frame = f'<rect width="{SIDE}" height="{SIDE}" rx="10" fill="#ffffff" stroke="{GREY}" stroke-width="1.5"/>'
    return frame + _character(DIGIT, VARIANT, (42, 30), 136, "#141a2b", 11)


def _character(name: str, variant: int, at: tuple[float, float], side: float, colour: str, width: float) -> str:
    lines = []
    for stroke in strokes(name, variant):
        points = " ".join(f"{at[0] + x * side:.1f},{at[1] + y * side:.1f}" for x, y in stroke)
        lines.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="{width}"/>')
    return "".join(lines)


def _pixels(glyph: NDArray[np.uint8]) -> str:
    size = SIDE / 28
    cells = [
        f'<rect x="{x * size:.2f}" y="{y * size:.2f}" width="{size - 0.5:.2f}" height="{size - 0.5:.2f}" '
        f'fill="#ffffff" fill-opacity="{glyph[y, x] / 255:.2f}"/>'
        for y, x in np.argwhere(glyph > 8).tolist()
    ]
    return f'<rect width="{SIDE}" height="{SIDE}" rx="10" fill="#000000"/>' + "".join(cells)


def _bars(shares: NDArray[np.float64]) -> str:
    step, rows = SIDE / 10, []
    for digit, share in enumerate(shares):
        colour = BLUE if digit == shares.argmax() else GREY
        top = digit * step + 3
        rows.append(_character(str(digit), 0, (2, top + 1), 11, colour, 1.6))
        length = max(2.0, 184 * share)
        rows.append(f'<rect x="26" y="{top:.1f}" width="{length:.1f}" height="13" rx="2" fill="{colour}"/>')
    return "".join(rows)


def _arrow(x: float) -> str:
    return f'<path d="M{x} 102 h40 m-12 -12 l12 12 l-12 12" stroke="{GREY}" stroke-width="3"/>'


def pictures(folder: Path) -> None:
    """The pages as a person sees them."""
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as aside,
        opened(playwright, replace(place(Path(aside) / "place"), data_dir=get_settings().data_dir)) as (app, settings),
    ):
        app.open("/draw").draw(DIGIT, VARIANT)
        expect(app.answer).to_have_text(DIGIT)
        save(app, folder / "draw.png", 800)
        app.clear()
        app.read_with("Letters and digits")
        app.draw("O")
        expect(app.panel).to_contain_text("look alike: together")
        save(app, folder / "letters.png", 800)
        app.read_with("Digits")
        app.open("/evaluate").click_cell(9, 4)
        app.wait_for_mark(9, 4)
        save(app, folder / "evaluate.png", 1290)
        app.open_explore("Map", "MNIST")
        points = app.map_points()
        x, y = points[min(points)]
        # Between the 7s, where the first image lies, and the next group: the hard cases.
        app.lasso([(x + 40, y - 60), (x + 100, y - 60), (x + 100, y + 40), (x + 40, y + 40)])
        expect(app.selected).to_be_visible()
        save(app, folder / "explore.png", 1330)
        _training(app, folder / "train.png")
        _teaching(app, settings, folder / "samples.png")


@contextmanager
def opened(playwright: Playwright, settings: Settings) -> Iterator[tuple[App, Settings]]:
    """A browser on a server whose trainings, samples and models are thrown away afterwards."""
    with serve(to_environment(settings)) as address:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        yield App(browser.new_page(viewport={"width": 1280, "height": 800}), address), settings
        browser.close()


def _training(app: App, path: Path) -> None:
    """The preset quick with more epochs, in its fourth; it is then stopped, and its end waited for."""
    app.open("/train").settle()
    app.by_key("train-more").locator("summary").click()
    epochs = app.by_key("train-option-epochs").locator("input")
    epochs.fill("6")
    epochs.press("Enter")
    app.settle()
    app.button("Start training").click()
    expect(app.page.get_by_text("Validation after epoch 3")).to_be_visible(timeout=PATIENCE_MS)
    save(app, path, 800)
    app.button("Stop and keep the best").click()
    expect(app.page.get_by_role("heading", name="finished")).to_be_visible(timeout=PATIENCE_MS)


def _teaching(app: App, settings: Settings, path: Path) -> None:
    """The first writer of the test, whom the model never saw: thirty digits are taught."""
    mine, _ = halves(writers_of("test")[0], settings)
    glyphs, labels = drawn(thirty(mine), seed=1)
    pairs = zip(glyphs, labels, strict=True)
    edits.add([Sample(glyph, DIGITS.characters[label]) for glyph, label in pairs], settings)
    app.open("/samples").part("Teach")
    app.button("Teach").click()
    expect(app.page.get_by_role("heading", name="has done")).to_be_visible(timeout=PATIENCE_MS)
    save(app, path, 700)


def save(app: App, path: Path, height: int) -> None:
    """A picture of the page, as high as is wanted, when it has come to rest."""
    app.page.set_viewport_size({"width": 1280, "height": height})
    app.scroll_to_top()
    app.page.mouse.move(1270, 790)
    app.page.wait_for_timeout(1500)
    app.page.screenshot(path=path)
    app.page.set_viewport_size({"width": 1280, "height": 800})


if __name__ == "__main__":
    (ROOT / "pages" / "components" / "home.svg").write_text(home_svg(), encoding="utf-8")
    pictures(ROOT / "docs")
