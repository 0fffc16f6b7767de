"""The program as a person sees it: all locators and gestures of the browser tests, which hold no selectors."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import CDPSession, Error, FilePayload, Locator, Page, Position, expect
from playwright.sync_api import TimeoutError as Late

from tests.support.strokes import Point, strokes

# Long enough for a machine that does other work too.
PATIENCE_MS = 90_000
_LOOK_MS = 50  # a look at every frame would keep a busy machine busy
_QUIET_MS = 300  # a widget waits up to 200 before it tells
Seen = TypeVar("Seen")
# Browsers join moves that come faster than they paint; a person's never do.
_STEP_MS = 12
_POINTS = 6

# A stroke is painted with the next frame, which on a busy machine may come later than the answer.
_PAINTED = "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));"

_COUNT_INK = """async canvas => { PAINTED
  const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < d.length; i += 4) if (Math.abs(d[i] - d[0]) > 60) count++;
  return count;
}""".replace("PAINTED", _PAINTED)

_COUNT_INK_NEAR = """async (canvas, [x, y]) => { PAINTED
  const scale = canvas.width / canvas.clientWidth;
  const d = canvas.getContext('2d').getImageData((x - 8) * scale, (y - 8) * scale, 16 * scale, 16 * scale).data;
  const paper = canvas.getContext('2d').getImageData(0, 0, 1, 1).data;
  let count = 0;
  for (let i = 0; i < d.length; i += 4) if (Math.abs(d[i] - paper[0]) > 60) count++;
  return count;
}""".replace("PAINTED", _PAINTED)

_POINTS_OF_MAP = """chart => {
  const { left, top } = chart.getBoundingClientRect();
  const { xaxis, yaxis } = chart._fullLayout;
  return chart._fullData.flatMap(trace => Array.from(trace.x, (x, i) => [
    Number(trace.text[i].match(/image ([\\d,]+)/)[1].replaceAll(",", "")),
    left + xaxis._offset + xaxis.d2p(x),
    top + yaxis._offset + yaxis.d2p(trace.y[i]),
  ]));
}"""

_PLACE_OF_CELL = """(chart, [row, column]) => {
  const { left, top } = chart.getBoundingClientRect();
  const { xaxis, yaxis } = chart._fullLayout;
  return [left + xaxis._offset + xaxis.d2p(column), top + yaxis._offset + yaxis.d2p(row)];
}"""

# Where a cell of a heatmap is on the screen: a quarter of its width and height from its middle.
_CELL = """(plot, [row, column]) => {
  const box = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
  return {x: box.x + xaxis._offset + xaxis.l2p(column + 0.25), y: box.y + yaxis._offset + yaxis.l2p(row - 0.25)};
}"""

_LABELS = """(plot, axis) => Array.from(plot.querySelectorAll(`.${axis}tick text`), text => {
  const box = text.getBoundingClientRect(), along = axis === "x" ? [box.left, box.right] : [box.top, box.bottom];
  return [text.textContent, ...along, parseFloat(getComputedStyle(text).fontSize)];
})"""

# Whether a figure that is seen has a frame around this cell.
_MARKED = """([row, column]) => [...document.querySelectorAll('.js-plotly-plot')].some(plot => {
  const mark = plot.clientHeight && plot._fullLayout?.shapes?.[0];
  return mark && mark.x0 === column - 0.5 && mark.y0 === row - 0.5;
})"""

# Notes when, and how often, the page has told the program something, and when it has last heard from it.
_LISTEN = """
window.tellings = 0;
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...all) {
    super(...all);
    this.addEventListener('message', () => { window.heard = performance.now(); });
  }
  send(data) { window.tellings++; window.told = performance.now(); super.send(data); }
};"""

# Whether the program has stood still for some milliseconds. A busy server takes its time to begin.
_QUIET = """least => {
  const now = performance.now(), asked = window.told > (window.heard ?? 0) && now - window.told < 10000;
  const running = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning';
  if (asked || running || document.querySelector('[data-stale=true]')) window.quietSince = undefined;
  else window.quietSince ??= now;
  return now - window.quietSince >= least;
}"""


# What keeps a page from standing still: whether the script runs, what was told and heard, and what is stale.
_UNREST = """() => JSON.stringify({
  state: document.querySelector('[data-testid=stApp]')?.dataset.testScriptState,
  told: window.told, heard: window.heard, tellings: window.tellings, now: performance.now(),
  stale: [...document.querySelectorAll('[data-stale=true]')].map(e => e.className + ': ' + e.innerText.slice(0, 60)),
})"""


_IN_TABLE: Position = {"x": 150, "y": 52}
"""Pixels from a table's corner: in a cell of its first row, below the headings and behind the number of the row."""


class App:
    """One open page of the program."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self._screen: CDPSession | None = None
        self._hand: list[dict[str, Any]] = []
        self.errors: list[Error] = []
        page.on("pageerror", lambda error: self.errors.append(error))
        page.add_init_script(_LISTEN)
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    def leave(self) -> None:
        """Leave the program; what this page of it has kept ends with it."""
        self.page.goto("about:blank")

    def open(self, path: str = "/") -> "App":
        """Go to a page by its address, as a link does."""
        self.page.goto(self.address + path)
        # On a phone, Draw leaves its title out.
        expect(self.page.get_by_role("heading", level=1).or_(self.by_key("draw-head"))).to_be_visible()
        return self

    def by_key(self, key: str) -> Locator:
        """The element that the program has given this key."""
        return self.page.locator(f".st-key-{key}")

    def chooser(self, name: str) -> Locator:
        """A chooser that has another key whenever something else has set it, see `widgets.renew`."""
        return self.page.locator(f'.st-key-{name}, [class*="st-key-{name}-"]')

    @property
    def canvas(self) -> Locator:
        """The layer of the canvas that takes the pen."""
        return self.page.locator("canvas.upper-canvas")

    @property
    def paper(self) -> Locator:
        """What is seen of the canvas."""
        return self.by_key("canvas-paper")

    @property
    def undo(self) -> Locator:
        """The page's own button, not that of the canvas component."""
        return self.by_key("canvas-undo").get_by_role("button")

    @property
    def answer(self) -> Locator:
        """The large character of the answer panel."""
        return self.page.get_by_role("heading", level=6)

    @property
    def panel(self) -> Locator:
        """The answer panel of the page that is open; on a phone, of Draw what stands above the canvas."""
        whole = "body:not(:has(.st-key-draw-head)) .st-key-draw-answer"
        return self.page.locator(f".st-key-draw-head, {whole}, .st-key-upload-answer")

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name)

    def say(self, character: str) -> None:
        """Say what a character is, with the keyboard."""
        self.settle()
        self.page.get_by_role("combobox", name="It is a").click()
        self.page.keyboard.type(character)
        self.page.keyboard.press("Enter")

    def type_what_it_is(self, character: str) -> None:
        """Type what a drawn one of many characters is."""
        self.settle()
        field = self.by_key("draw-correct").get_by_role("textbox")
        field.click()
        self.page.keyboard.type(character)
        self.page.keyboard.press("Enter")

    def bring_in(self, packed: bytes) -> None:
        """Import a zip file of samples."""
        file: FilePayload = {"name": "samples.zip", "mimeType": "application/zip", "buffer": packed}
        self.by_key("samples-file").locator("input[type=file]").set_input_files(file)
        self.button("Import").click()

    def cell(self, text: str) -> Locator:
        """A cell of the table by its text."""
        return self.page.locator("[role=gridcell]").filter(has_text=text)

    def choose_part_by_keyboard(self, title: str) -> None:
        """Choose a part of the Sheets page with the Tab key and the space bar."""
        choice = self.page.get_by_role("radio", name=title, exact=True)
        expect(choice).to_be_visible()
        self.settle()
        choice.focus()
        self.page.keyboard.press("Space")
        self.settle()

    def upload_to(self, key: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Choose files in the uploader that has this key."""
        payloads: list[FilePayload] = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
        ]
        self.by_key(key).locator("input[type=file]").set_input_files(payloads)

    def type_into_table(self, row: int, column: int, text: str) -> None:
        """Type into a cell of the one table of the Sheets page, and wait until the picture shows it.

        The cell is counted from 0.
        """
        self.settle()
        self._go_to_cell(row, column + 1)  # the first column holds the numbers of the rows
        self.page.keyboard.press("Enter")
        editor = self.page.locator("#portal textarea, #portal input")
        expect(editor).to_be_focused()
        editor.fill(text)
        editor.press("Enter")
        expect(self.page.get_by_role("button", name=f"Row {row + 1}, column {column + 1}: {text},")).to_be_attached()

    def _go_to_cell(self, row: int, column: int) -> None:
        """Move to a cell of the one table of the page; a table that was just drawn may miss a click or a key."""
        table = self.page.locator("[data-testid=stDataFrame] canvas[data-testid=data-grid-canvas]")
        chosen = table.locator("[role=gridcell][aria-selected=true]")
        end = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end:
            table.click(position=_IN_TABLE, force=True)  # over the canvas lies what scrolls it
            for key in ["Control+Home", *["ArrowDown"] * row, *["ArrowRight"] * column]:
                table.press(key)
            with suppress(AssertionError):
                expect(chosen).to_have_attribute("id", f"glide-cell-{column}-{row}", timeout=2000)
                return
        raise AssertionError(f"the table has another cell than that of row {row}, column {column}")

    def drag_on_sheet(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag over the picture of a sheet, between two points in shares of its width and height."""
        picture = self.by_key("sheets-page").locator("img")
        expect(picture).to_be_visible()
        around = picture.bounding_box()
        assert around is not None
        points = [(around["x"] + x * around["width"], around["y"] + y * around["height"]) for x, y in (start, end)]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        self.page.mouse.move(*points[1], steps=5)
        self.page.mouse.up()

    def clear(self, one: str = "digit") -> None:
        """Empty the canvas, if there is something on it; what is drawn there is `one` thing."""
        if self.button("Clear").is_enabled():
            self.button("Clear").click()
        expect(self.panel).to_contain_text(f"Draw one {one}")

    def read_with(self, model: str) -> None:
        """Choose a model on the Draw or Upload page; on a phone it is one of a list."""
        choice = self.model.get_by_role("radio", name=model, exact=True)
        lists = self.model.get_by_role("combobox")
        expect(choice.or_(lists)).to_be_visible()
        if lists.count():
            lists.click()
            choice = self.page.get_by_role("option", name=model, exact=True)
        choice.click()

    @property
    def model(self) -> Locator:
        """The chooser of the model to read with; it has a new key whenever another model was made active."""
        # The former one goes when the run has ended.
        return self.page.locator(".st-key-model, [class*='st-key-model-']").last

    def read_only(self, kind: str) -> None:
        """Restrict the answers."""
        self.by_key("only").get_by_role("radio", name=kind, exact=True).click()

    def chosen(self, key: str) -> Locator:
        """The option that is chosen in a row of them."""
        return self.by_key(key).get_by_role("radio", checked=True)

    def ink(self) -> int:
        """How many pixels of the canvas a pen has touched."""
        return int(self.page.locator("canvas.dc-canvas.lower-canvas").evaluate(_COUNT_INK))

    def ink_at(self, x: float, y: float) -> int:
        """How many pixels of ink are near a point of the paper, in its pixels."""
        return int(self.page.locator("canvas.dc-canvas.lower-canvas").evaluate(_COUNT_INK_NEAR, [x, y]))

    def wait_for_more_ink(self, than: int) -> None:
        """Wait until the pen has touched more pixels; a stroke is painted with the next frame.

        Raises:
            AssertionError: it never does.
        """
        self._wait_for_ink(lambda ink: ink > than)

    def wait_for_less_ink(self, than: int) -> None:
        """Wait until a stroke is taken back.

        Raises:
            AssertionError: it never is.
        """
        self._wait_for_ink(lambda ink: ink < than)

    def _wait_for_ink(self, enough: Callable[[int], bool]) -> None:
        for _ in range(100):
            if enough(self.ink()):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the canvas still has {self.ink()} pixels of ink")

    def scrolled(self) -> float:
        """How far the page is scrolled, in pixels."""
        return float(self.page.get_by_test_id("stMain").evaluate("main => main.scrollTop"))

    def scroll_to_top(self) -> None:
        """Show the beginning of the page."""
        self.page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")

    def draw(self, character: str, variant: int = 0, size: float = 0.64) -> None:
        """Draw a character with the mouse in the middle of the canvas, as large as this share of it."""
        for stroke in self._on_canvas(strokes(character, variant), size):
            self.page.mouse.move(*stroke[0])
            self.page.mouse.down()
            for point in stroke[1:]:
                self.page.mouse.move(*point)
                self.page.wait_for_timeout(_STEP_MS)
            self.page.mouse.up()

    def touch(self, lines: Iterable[Sequence[Point]]) -> None:
        """Draw lines, in page pixels, with one finger."""
        for line in lines:
            self._touch("touchStart", line[0])
            for point in line[1:]:
                self._touch("touchMove", point)
                self.page.wait_for_timeout(_STEP_MS)
            self._touch("touchEnd", line[-1])

    @contextmanager
    def resting_hand(self, point: Point, radius: float = 5) -> Iterator[None]:
        """A touch that lies on the page, at a point in its pixels, while something else is done."""
        self._hand = [{"x": point[0], "y": point[1], "radiusX": radius, "radiusY": radius, "id": 1}]
        self._touch("touchStart", None)
        try:
            yield
        finally:
            self._hand = []
            self._touch("touchEnd", None)

    def _touch(self, kind: str, finger: Point | None) -> None:
        """One message of the touch screen: all that touches it, or the finger that is lifted; none lifts all."""
        if not self._screen:
            self._screen = self.page.context.new_cdp_session(self.page)
        fingers = [] if finger is None else [{"x": finger[0], "y": finger[1], "id": 2}]
        points = fingers if kind == "touchEnd" else self._hand + fingers
        self._screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def touch_draw(self, character: str, variant: int = 0) -> None:
        """Draw a character with one finger in the middle of the canvas."""
        self.touch(self._on_canvas(strokes(character, variant), 0.64))

    def _on_canvas(self, lines: list[list[Point]], size: float) -> list[list[Point]]:
        """Strokes in a box of 0 to 1, in page pixels, with points as close as a hand's."""
        expect(self.canvas).to_be_attached()
        self.paper.scroll_into_view_if_needed()
        box = self.paper.bounding_box()
        assert box is not None
        side, margin = box["width"] * size, box["width"] * (1 - size) / 2
        left, top = box["x"] + margin, box["y"] + margin
        return [_closer([(left + x * side, top + y * side) for x, y in line]) for line in lines]

    @property
    def picker(self) -> Locator:
        """What takes the files on the Upload page."""
        return self.by_key("upload-files").locator("input[type=file]")

    def upload(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Choose files in the picker."""
        payload: list[FilePayload] = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
        ]
        self.picker.set_input_files(payload)

    @property
    def matrix(self) -> Locator:
        """The heatmap of the Evaluate page, drawn; the one whose place it has taken may still be there, hidden."""
        drawn = self.page.locator(".js-plotly-plot").filter(has=self.page.locator(".heatmaplayer image"))
        return drawn.filter(visible=True)

    def train_on(self, title: str) -> None:
        """Choose a single data set to train on, in place of all that are chosen."""
        field = self.chooser("train-option-datasets").locator("input")
        field.click()
        for _ in range(self.chooser("train-option-datasets").locator("[data-tag]").count()):
            self.page.keyboard.press("Backspace")
        self.settle()
        field.click()
        self.page.keyboard.type(title)
        self.page.get_by_role("option", name=title, exact=True).click()
        self.page.keyboard.press("Escape")
        self.settle()

    def evaluate(self, model: str) -> None:
        """Choose a model on the Evaluate page, by its title."""
        self.model.get_by_role("combobox").click()
        self.page.get_by_role("option", name=model, exact=True).click()
        self.settle()

    def axis_labels(self, axis: str) -> list[tuple[str, float, float, float]]:
        """The labels of an axis of the matrix: text, start and end along the axis and size of the font, in pixels."""
        found: list[tuple[str, float, float, float]] = self.matrix.evaluate(_LABELS, axis)
        return found

    def part_of_matrix(self, name: str) -> None:
        """Choose which classes the matrix shows."""
        self.page.get_by_role("radio", name=name, exact=True).click()

    def click_cell(self, true: int, read: int) -> None:
        """Click into a cell of the confusion matrix, away from its middle."""
        self.page.mouse.click(*self._place_of_cell(true, read))

    def tap_cell(self, true: int, read: int) -> None:
        """Touch a cell of the confusion matrix with a finger."""
        self.page.touchscreen.tap(*self._place_of_cell(true, read))

    def _place_of_cell(self, true: int, read: int) -> Point:
        expect(self.matrix).to_have_count(1)
        self.matrix.scroll_into_view_if_needed()
        self.settle()
        place = self._at_rest(lambda: self.matrix.evaluate(_CELL, [true, read]))
        return place["x"], place["y"]

    def _at_rest(self, look: Callable[[], Seen]) -> Seen:
        """What is seen twice: a page that is still being laid out would let a click go astray."""
        before, seen = None, look()
        while seen != before:
            self.page.wait_for_timeout(100)
            before, seen = seen, look()
        return seen

    def wait_for_mark(self, true: int, read: int) -> None:
        """Wait until the matrix is drawn with a frame around this cell."""
        self.page.wait_for_function(_MARKED, arg=[true, read], polling=_LOOK_MS)

    def cell_numbers(self) -> list[tuple[str, str]]:
        """The numbers of the confusion matrix with their colours, as they are drawn."""
        drawn = self.matrix.locator(".textpoint text").evaluate_all(
            "texts => texts.map(text => [text.textContent, getComputedStyle(text).fill])"
        )
        return [(text, colour) for text, colour in drawn]

    def spoken(self, key: str) -> list[str]:
        """What the pictures of a gallery are, in words."""
        # Read in one go: a page that is redrawn meanwhile may have taken some of them away.
        words: list[str] = self.tiles(key).evaluate_all(
            "tiles => tiles.map(tile => tile.getAttribute('aria-label') ?? '')"
        )
        return words

    def wait_for_spoken(self, key: str, words: Sequence[str]) -> None:
        """Wait until exactly these pictures are in a gallery.

        Raises:
            AssertionError: others are.
        """
        self._wait_for(lambda: self.spoken(key), list(words))

    def _wait_for(self, look: Callable[[], Seen], wanted: Seen) -> None:
        """Look again and again until what was wanted is seen: a page is redrawn bit by bit."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while (seen := look()) != wanted and time.monotonic() < end:
            self.page.wait_for_timeout(100)
        assert seen == wanted, f"seen: {seen}, wanted: {wanted}"

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a select box."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def part(self, name: str) -> None:
        """Open a tab of the page."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def scrolls_sideways(self) -> bool:
        """Whether anything on the page is wider than the screen."""
        return bool(self.page.get_by_test_id("stMain").evaluate("main => main.scrollWidth > main.clientWidth"))

    def open_explore(self, part: str, dataset: str = "UCI digits") -> "App":
        """Open a part of the Explore page on a data set, of which the test split is shown at first."""
        self.open("/explore")
        chooser = self.page.get_by_role("combobox", name="Data set")
        chooser.click()
        # Its name may end in "(not on this machine)", and another one's may end in it: MNIST and EMNIST.
        self.page.get_by_role("option", name=re.compile(rf"^{re.escape(dataset)}( \(|$)")).click()
        self.settle()
        self.page.get_by_role("tab", name=part, exact=True).click()
        return self

    @property
    def map(self) -> Locator:
        """The chart of the Map part."""
        return self.by_key("explore-map-chart").locator(".js-plotly-plot")

    def map_points(self) -> dict[int, Point]:
        """Where the points of the map lie, in page pixels, by the number of the image."""
        expect(self.map.locator(".xtitle")).to_be_visible()
        self.map.scroll_into_view_if_needed()
        self.settle()
        found: list[tuple[int, float, float]] = self._at_rest(lambda: self.map.evaluate(_POINTS_OF_MAP))
        return {number: (x, y) for number, x, y in found}

    def wait_for_other_points(self, than: Collection[int]) -> None:
        """Wait until the map shows other images than those of these numbers. It looks seldom, as looking takes time."""
        drawn = self.map.filter(visible=True).last
        while {number for number, _, _ in drawn.evaluate(_POINTS_OF_MAP)} == set(than):
            self.page.wait_for_timeout(200)

    def lasso(self, corners: Sequence[Point]) -> None:
        """Draw a lasso with the mouse; corners are in page pixels."""
        self.page.mouse.move(*corners[0])
        self.page.mouse.down()
        for corner in [*corners[1:], corners[0]]:
            self.page.mouse.move(*corner, steps=5)
        self.page.mouse.up()

    @property
    def selected(self) -> Locator:
        """The heading over the images that are selected on the map."""
        return self.page.get_by_role("heading", name="selected")

    def tiles(self, key: str) -> Locator:
        """The pictures of a gallery."""
        return self.by_key(key).get_by_role("button")

    def tile_numbers(self, key: str) -> set[int]:
        """The numbers of the images in a gallery."""
        named = [words for words in self.spoken(key) if words.startswith("Image ")]
        return {int(words.split(":")[0].removeprefix("Image ")) for words in named}

    def wait_for_tiles(self, key: str, numbers: Collection[int]) -> None:
        """Wait until exactly the images of these numbers are in a gallery.

        Raises:
            AssertionError: others are.
        """
        self._wait_for(lambda: self.tile_numbers(key), set(numbers))

    @property
    def lens(self) -> Locator:
        """The picture beside the point of the map that the mouse is on."""
        return self.by_key("explore-map-lens").locator(".lens")

    def augmented(self) -> list[str]:
        """The changed versions of the Augmentation part, as they are sent to the browser."""
        self.settle()
        pictures = self.by_key("explore-augmenting-grid").get_by_role("img")
        sources: list[str] = pictures.evaluate_all("pictures => pictures.map(picture => picture.getAttribute('src'))")
        return sources

    def slider(self, name: str) -> Locator:
        """The handle of a slider."""
        return self.page.get_by_role("slider", name=name)

    def choose_data(self, title: str) -> None:
        """Choose a data set on the Explore page; the beginning of its title is enough."""
        chooser = self.page.get_by_role("combobox", name="Data set")
        chooser.scroll_into_view_if_needed()
        self.settle()  # a page that is redrawn, or still scrolls, closes the list of options
        chooser.click()
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(title)}")).click()

    def go_to_image(self, number: int) -> None:
        """Ask the Browse part for an image by its number."""
        field = self.page.get_by_role("spinbutton", name="Go to image")
        field.fill(str(number))
        field.press("Enter")

    @property
    def enlarged(self) -> Locator:
        """The chosen image of the Browse part, as a chart of its pixels."""
        return self.by_key("explore-pixels").locator(".js-plotly-plot")

    def point_at_pixel(self, row: int, column: int) -> str:
        """Rest with the mouse on a pixel of the enlarged image; what is said of it."""
        self.settle()
        self.enlarged.scroll_into_view_if_needed()
        label = self.enlarged.locator(".hoverlayer .hovertext").filter(has_text=f"row {row}, column {column}")
        for _ in range(10):  # what comes later above it moves the image away from under the mouse
            x, y = self.enlarged.evaluate(_PLACE_OF_CELL, [row, column])
            self.page.mouse.move(x - 2, y - 2)
            self.page.mouse.move(x, y, steps=3)
            with suppress(Late):
                label.wait_for(timeout=500)
                break
        expect(label).to_be_visible()
        return label.text_content() or ""

    def settle(self) -> None:
        """Wait until the program has done what it was asked for: it does not run, and nothing on the page is stale."""
        self.page.evaluate("delete window.quietSince")
        try:
            self.page.wait_for_function(_QUIET, arg=_QUIET_MS, polling=_LOOK_MS)
        except Late as error:
            raise AssertionError(f"the page does not come to rest: {self.page.evaluate(_UNREST)}") from error

    def wait_for_runs(self, count: int) -> None:
        """Wait until parts that run by themselves have done so as often as this."""
        before = self.page.evaluate("window.tellings")
        self.page.wait_for_function("least => window.tellings >= least", arg=before + count, polling=_LOOK_MS)
        self.settle()

    def open_part(self, part: str) -> "App":
        """Open a part of the Evaluate page."""
        self.open("/evaluate")
        self.page.get_by_role("tab", name=part, exact=True).click()
        self.settle()
        return self

    def chart(self, key: str) -> Locator:
        """A chart by its key, without the one that it takes the place of."""
        return self.by_key(key).locator(".js-plotly-plot")

    def marked(self, key: str) -> tuple[float, float]:
        """Where the last mark of a chart stands, in the units of its axes."""
        expect(self.chart(key).locator(".xtitle")).to_be_visible()
        x, y = self.chart(key).evaluate("chart => [chart.data.at(-1).x[0], chart.data.at(-1).y[0]]")
        return float(x), float(y)

    def save(self, button: Locator) -> Path:
        """Press a button that gives a file; the file, under the name that it comes with."""
        with self.page.expect_download() as download:
            button.click()
        place = Path(download.value.path())
        return place.rename(place.with_name(download.value.suggested_filename))

    def file_button(self, name: str) -> Locator:
        """The button of the part Download for the file of this name."""
        return self.by_key(f"evaluate-file-{name.replace('.', '-')}").get_by_role("button")

    def save_picture(self, key: str) -> Path:
        """Press the camera of a chart's toolbar; the file."""
        self.chart(key).scroll_into_view_if_needed()
        self.chart(key).hover()
        return self.save(self.chart(key).locator("[data-title^='Download plot']"))


def _closer(line: list[Point]) -> list[Point]:
    """The same line with points between those of long straight parts."""
    points = [line[0]]
    for (x0, y0), (x1, y1) in pairwise(line):
        count = _POINTS if abs(x1 - x0) + abs(y1 - y0) > 30 else 1
        points += [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(1, count + 1)]
    return points
