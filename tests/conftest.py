"""What all tests share: where the real data lie, and settings that touch nothing outside the test's own folder."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from xdist.scheduler import LoadFileScheduling

from core.runs import estimate, queue
from core.settings import Settings, get_settings
from tests.support.glyphs import longer_sides
from tests.support.workers import Workshop

# A test runs beside the servers, browsers and trainings that it starts: torch's threads in all of them would wait for
# each other, and a training that gives way to everybody would be waited for.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DIGITS_NICENESS"] = "0"

# A shell starts what runs in the background deaf to Ctrl-C, and programs that tests start would be so, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


_MEASURING = ("test_evaluate", "test_explore", "test_letters")
"""Browser tests that look at data and figures; the others draw, upload, keep and train."""


class _Rooms(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests run in one process, and so does each half of the browser tests, as they share servers."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        if not file.startswith("tests/browser/"):
            return file
        return f"tests/browser, {'measuring' if Path(file).name.startswith(_MEASURING) else 'working'}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Rooms:
    """Give the tests to as many processes as `--numprocesses` says."""
    return _Rooms(config, log)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no server or worker that one starts, touches the samples and trainings of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{folder / 'samples.db'}")
        patch.setenv("DIGITS_RUNS_DIR", str(folder / "runs"))
        yield


@pytest.fixture(scope="session", autouse=True)
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Trainings and timings that tests start begin in a moment, but where a test asks for `real_workers`."""
    workshop = Workshop(tmp_path_factory.mktemp("workers"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "launch", workshop.launch)
        patch.setattr(estimate, "_time_in_process", workshop.time)
        yield workshop
    workshop.close()


_launch, _time_in_process = queue.launch, estimate._time_in_process


@pytest.fixture
def real_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings and timings that the test starts are started as everybody's are."""
    monkeypatch.setattr(queue, "launch", _launch)
    monkeypatch.setattr(estimate, "_time_in_process", _time_in_process)


@pytest.fixture
def data_dir() -> Path:
    """The folder of the real data sets (DIGITS_DATA_DIR); the test is skipped where there is none."""
    folder = get_settings().data_dir
    if not folder.is_dir():
        pytest.skip(f"needs real data: there is no folder {folder}")
    return folder


@pytest.fixture
def require_data(data_dir: Path) -> Callable[[str], Path]:
    """`require_data("MNIST/raw")` returns that file or folder of the real data, or skips the test."""

    def require(name: str) -> Path:
        path = data_dir / name
        if not path.exists():
            pytest.skip(f"needs real data: {name} is not in {data_dir}")
        return path

    return require


@pytest.fixture
def sides_read(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """How large the characters are that networks read while the test runs: their longer sides in pixels."""
    from core.model import inference

    found: set[int] = set()
    read = inference.network_logits

    def watched(network: Any, glyphs: NDArray[np.uint8], mean: float, std: float) -> NDArray[np.float32]:
        found.update(longer_sides(glyphs))
        return read(network, glyphs, mean, std)

    monkeypatch.setattr(inference, "network_logits", watched)
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty data folder and an empty model library, both thrown away after the test."""
    for name in ("data", "models"):
        (tmp_path / name).mkdir()
    return Settings(
        data_dir=tmp_path / "data",
        models_dir=tmp_path / "models",
        runs_dir=tmp_path / "runs",
        database_url=f"sqlite:///{tmp_path / 'samples.db'}",
        niceness=0,
    )
