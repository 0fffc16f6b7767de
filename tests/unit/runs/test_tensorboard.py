"""TensorBoard as a process: what it serves, that there is one of it, and that it goes with the program."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from torch.utils.tensorboard import SummaryWriter

from core.cli.main import main
from core.errors import ReadOnly
from core.runs.tensorboard import Stage, TensorBoard, is_local
from core.settings import PROJECT_ROOT, Settings

PATIENCE = 90.0


def wait_for(reached: Callable[[], object]) -> None:
    """Wait until it is so; the last look says what is wrong."""
    end = time.monotonic() + PATIENCE
    while not reached() and time.monotonic() < end:
        time.sleep(0.05)
    assert reached()


def ask(board: TensorBoard, what: str) -> Any:
    with urllib.request.urlopen(f"{board.address}{what}", timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("tensorboard")
    return Settings(folder, folder, runs_dir=folder / "runs")


@pytest.fixture(scope="module")
def board(place: Settings) -> Iterator[TensorBoard]:
    """One on a folder that is not there when it starts."""
    board = TensorBoard(place.runs_dir)
    assert (board.stage, board.address, board.problem) == (Stage.CLOSED, "", "")
    board.start(place)
    wait_for(lambda: board.stage is Stage.READY)
    yield board
    board.close()


def test_runs_that_come_later_are_served(board: TensorBoard, place: Settings) -> None:
    assert ask(board, "data/runs") == []
    writer = SummaryWriter(str(place.runs_dir / "20260101-000000-ab12" / "tensorboard"))
    for step in range(1, 4):
        writer.add_scalar("loss/step", 1 / step, step)
    writer.close()
    wait_for(lambda: ask(board, "data/runs"))
    run = "20260101-000000-ab12/tensorboard"
    assert ask(board, "data/runs") == [run]
    wait_for(lambda: "loss/step" in ask(board, "data/plugin/scalars/tags").get(run, {}))
    points = ask(board, f"data/plugin/scalars/scalars?run={run}&tag=loss/step")
    assert [(step, value) for _, step, value in points] == [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3))]


def test_it_answers_on_this_machine_alone(board: TensorBoard) -> None:
    assert board.address.startswith("http://127.0.0.1:")
    port = board.address.rstrip("/").rpartition(":")[2]
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("needs Linux to see who listens where")
    hosts = {line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"}
    assert {host for host in hosts if host.endswith(f":{int(port):04X}")} == {f"0100007F:{int(port):04X}"}


def test_a_second_start_finds_the_first(board: TensorBoard, place: Settings) -> None:
    before = board.address
    board.start(place)
    assert (board.stage, board.address) == (Stage.READY, before)


def test_one_that_has_died_is_said_and_started_anew(place: Settings) -> None:
    board = TensorBoard(place.runs_dir)
    board.start(place)
    wait_for(lambda: board.stage is Stage.READY)
    board.close()
    assert (board.stage, board.address) == (Stage.ENDED, "")
    assert "-9" in board.problem
    board.start(place)
    wait_for(lambda: board.stage is Stage.READY)
    assert isinstance(ask(board, "data/runs"), list)
    board.close()


def test_one_that_cannot_start_says_why(place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tensorboard.py").write_text("raise ImportError('no room for it')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    board = TensorBoard(place.runs_dir)
    board.start(place)
    wait_for(lambda: board.stage is Stage.ENDED)
    assert "no room for it" in board.problem
    assert board.address == ""


def test_nothing_starts_where_all_is_read_only(place: Settings) -> None:
    board = TensorBoard(place.runs_dir)
    with pytest.raises(ReadOnly):
        board.start(dataclasses.replace(place, read_only=True))
    assert board.stage is Stage.CLOSED


_PROGRAM = """
import sys, time
from pathlib import Path
from core.settings import Settings
from core.runs.tensorboard import Stage, TensorBoard
folder = Path(sys.argv[1])
board = TensorBoard(folder)
board.start(Settings(folder, folder, runs_dir=folder))
while board.stage is Stage.STARTING:
    time.sleep(0.05)
print(board.address, flush=True)
time.sleep(600)
"""


def test_it_goes_when_the_program_is_killed(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout
        address = program.stdout.readline().strip()
        assert answers(address)
        os.kill(program.pid, signal.SIGKILL)
    finally:
        program.kill()
        program.wait()
    wait_for(lambda: not answers(address))


def test_the_command_prints_its_address_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "core", "tensorboard", "--port", "0"]
    environment = os.environ | {"DIGITS_RUNS_DIR": str(tmp_path / "runs")}
    program = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout
        said = program.stdout.readline()
        address = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
        assert str(tmp_path / "runs") in said
        assert answers(address)
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
    finally:
        program.kill()
        program.wait()


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_the_command_refuses_what_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["tensorboard", f"--port={port}"])
    assert "--port" in capsys.readouterr().err


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}data/runs", timeout=30):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("address", "local"),
    [
        (None, True),
        ("http://localhost:8501/train", True),
        ("http://127.0.0.1:8501/", True),
        ("http://[::1]:8501/", True),
        ("http://digits.localhost/", True),
        ("http://192.168.0.7:8501/train", False),
        ("https://localhost.example.org/", False),
        ("https://digits.example.org/train", False),
    ],
)
def test_where_a_page_was_opened(address: str | None, local: bool) -> None:
    assert is_local(address) is local


def test_it_loads_neither_torch_nor_streamlit() -> None:
    code = "import sys, core.runs.tensorboard; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "streamlit", "tensorboard"} & set(done.stdout.split())
