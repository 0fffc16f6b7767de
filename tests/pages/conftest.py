"""The pages without a browser: model libraries to open them on, and a pen for the canvas."""

import base64
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core import cached
from core.settings import PROJECT_ROOT, get_settings
from core.sheets import reading
from core.sheets.reading import PageRead
from pages.components.sheets import bring
from tests.support.numbers import make_numbers
from tests.support.strokes import draw

SHIPPED = PROJECT_ROOT / "models" / "digits"
Open = Callable[[str], AppTest]
PATIENCE = 120  # seconds


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as the bytes of a PNG file."""
    return cv2.imencode(".png", picture)[1].tobytes()


def canvas_value(picture: NDArray[np.uint8], strokes: int = 1) -> dict[str, Any]:
    """What the canvas sends when it holds a picture, as after so many strokes."""
    url = f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"
    stroke = {"left": 0, "top": 0, "scaleX": 1, "scaleY": 1}
    return {"drawing": {"raw": {"objects": [stroke | {"number": number} for number in range(strokes)]}, "data": url}}


def put_on_canvas(page: AppTest, picture: NDArray[np.uint8], strokes: int = 1) -> AppTest:
    """Let the canvas hold a picture, as after so many strokes, and run the page."""
    page.session_state["canvas"] = canvas_value(picture, strokes)
    return page.run()


def texts(page: AppTest) -> str:
    """All Markdown of a page."""
    return "\n".join(part.value for part in page.markdown)


def words(page: AppTest) -> str:
    """All that a page says beside its widgets."""
    parts = (page.info, page.error, page.warning, page.caption, page.markdown)
    return "\n".join(one.value for part in parts for one in part)


def current_key(page: AppTest, name: str) -> str:
    """The key of a chooser that has another one whenever something else has set it, see `widgets.renew`."""
    number = f"{name}-number"
    return f"{name}-{page.session_state[number]}" if number in page.session_state else name


def act_unseen(page: AppTest, act: Callable[[], AppTest]) -> AppTest:
    """Act, and then let the browser tell all widgets as they were before, of which it has not heard yet.

    So it does where a part of the page runs by itself before the page that came of the act has arrived.
    """
    before = page._tree.get_widget_states()
    act()
    return page._run(before)


def wait_for(page: AppTest, done: Callable[[], bool]) -> AppTest:
    """Run the page again whenever work in the background has ended, as it does in a browser, until all is done."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert not page.exception
        assert time.monotonic() < end, words(page)
        working = [job for job in cached.jobs()._jobs.values() if not job.ended]
        for job in working:
            with suppress(Exception):  # which the page shows
                job.result(timeout=1)
        if not working:
            time.sleep(0.05)
        page.run()
    return page


@pytest.fixture(scope="session", autouse=True)
def components_are_known() -> Iterator[None]:
    """Streamlit's AppTest looks through all installed packages for components once, not for every page anew."""
    known = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: known)
        yield


@pytest.fixture(autouse=True)
def own_samples_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins without samples and trainings."""
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{tmp_path / 'samples.db'}")
    monkeypatch.setenv("DIGITS_RUNS_DIR", str(tmp_path / "runs"))


@pytest.fixture(autouse=True)
def no_work_left() -> Iterator[None]:
    """What a test's page has begun, or stopped, in the background is not what the next one finds."""
    yield
    for key, job in list(cached.jobs()._jobs.items()):
        if not job.ended or job.failed:
            cached.jobs().forget(key)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model library that the pages use."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("DIGITS_MODELS_DIR", str(folder))
    return folder


@pytest.fixture
def add_model(library: Path) -> Callable[..., Path]:
    """`add_model(name, **changes)` puts the shipped model into the library, with changes to its card."""

    def add(name: str = "digits", **changes: object) -> Path:
        folder = library / name
        shutil.copytree(SHIPPED, folder)
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        (folder / "card.json").write_text(json.dumps(card | {"name": name} | changes), encoding="utf-8")
        return folder

    return add


@pytest.fixture
def reader(add_model: Callable[..., Path]) -> None:
    """A reader of numbers that takes everything written for a 7, and the shipped model of digits."""
    add_model()
    make_numbers(get_settings(), says="7")


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The files of sheets are read only while this is set."""
    go = threading.Event()

    def read_file(*given: Any) -> Iterator[PageRead]:
        go.wait()
        yield from reading.read_file(*given)

    monkeypatch.setattr(bring, "read_file", read_file)
    yield go
    go.set()


@pytest.fixture
def letters(library: Path) -> Path:
    """Only the shipped model of letters and digits is in the library, so that every page reads with it."""
    shutil.copytree(SHIPPED.parent / "characters", library / "characters")
    return library


@pytest.fixture
def open_page() -> Open:
    """`open_page("pages/draw.py")` opens a page as its address does; "" is Home itself."""

    def open_one(path: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT_ROOT / "Home.py"), default_timeout=60)
        return (app.switch_page(path) if path else app).run()

    return open_one


@pytest.fixture
def three() -> NDArray[np.uint8]:
    """A drawn 3."""
    return draw("3")


@pytest.fixture
def digits_are_read() -> None:
    """The UCI digits are in the cache: a page on a busy machine would show a bar first, where a test wants them."""
    for split in ("train", "test"):
        cached.dataset("uci-digits", split)
