"""The program as a person sees it: all locators and gestures of the browser tests, which hold no selectors."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from playwright.sync_api import CDPSession, FilePayload, Locator, Page, expect

from tests.strokes import Point, strokes

# Long enough for a machine that does other work too.
PATIENCE_MS = 30_000
# Browsers join moves that come faster than they paint; a person's never do.
_STEP_MS = 12
_POINTS = 6

_COUNT_INK = """canvas => {
  const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < d.length; i += 4) if (Math.abs(d[i] - d[0]) > 60) count++;
  return count;
}"""


class App:
    """One open page of the program."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    def open(self, path: str = "/") -> "App":
        """Go to a page by its address, as a link does."""
        self.page.goto(self.address + path)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def by_key(self, key: str) -> Locator:
        """The element that the program has given this key."""
        return self.page.locator(f".st-key-{key}")

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
        """The answer panel of the page that is open."""
        return self.page.locator(".st-key-draw-answer, .st-key-upload-answer")

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name)

    def cell(self, text: str) -> Locator:
        """A cell of the table by its text."""
        return self.page.locator("[role=gridcell]").filter(has_text=text)

    def clear(self) -> None:
        """Empty the canvas, if there is something on it."""
        if self.button("Clear").is_enabled():
            self.button("Clear").click()
        expect(self.panel).to_contain_text("Draw one digit")

    def ink(self) -> int:
        """How many pixels of the canvas a pen has touched."""
        return int(self.page.locator("canvas.dc-canvas.lower-canvas").evaluate(_COUNT_INK))

    def wait_for_more_ink(self, than: int) -> None:
        """Wait until the pen has touched more pixels; a stroke is painted with the next frame.

        Raises:
            AssertionError: it never does.
        """
        for _ in range(100):
            if self.ink() > than:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the canvas still has {than} pixels of ink")

    def scrolled(self) -> float:
        """How far the page is scrolled, in pixels."""
        return float(self.page.get_by_test_id("stMain").evaluate("main => main.scrollTop"))

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
        finger = self.page.context.new_cdp_session(self.page)
        for line in lines:
            _finger(finger, "touchStart", line[0])
            for point in line[1:]:
                _finger(finger, "touchMove", point)
                self.page.wait_for_timeout(_STEP_MS)
            _finger(finger, "touchEnd", None)
        finger.detach()

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

    def scrolls_sideways(self) -> bool:
        """Whether anything on the page is wider than the screen."""
        return bool(self.page.get_by_test_id("stMain").evaluate("main => main.scrollWidth > main.clientWidth"))


def _closer(line: list[Point]) -> list[Point]:
    """The same line with points between those of long straight parts."""
    points = [line[0]]
    for (x0, y0), (x1, y1) in pairwise(line):
        count = _POINTS if abs(x1 - x0) + abs(y1 - y0) > 30 else 1
        points += [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(1, count + 1)]
    return points


def _finger(session: CDPSession, kind: str, point: Point | None) -> None:
    touches: list[dict[str, Any]] = [] if point is None else [{"x": point[0], "y": point[1]}]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
