"""Processes that begin in a moment: each is split off from one process that has imported all that they need.

Half of a short training is the import of torch, and so it is with the timing of a few batches and with a server's first
page. They are processes all the same: they can be killed, hold their locks, and end alone.
`python -m tests.support.workers SOCKET` is the process that they come from.
"""

import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from core.runs import estimate, queue
from core.runs.estimate import Timing
from core.runs.folder import LOG_FILE
from core.runs.queue import process_environment
from core.settings import PROJECT_ROOT, Settings
from core.training.config import TrainConfig, from_json, to_json

REST = "TEST_REST"
"""Variable of the seconds that a training rests before each step: one that is only looked at lasts, and is no load."""
_SECONDS_TO_IMPORT = 240  # some on a quiet machine


@dataclass(frozen=True)
class Worker:
    """A process that was split off."""

    pid: int

    def poll(self) -> int | None:
        """None while it lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        """Tell it to end."""
        self._send(signal.SIGTERM)

    def wait(self, timeout: float = math.inf) -> None:
        """Wait for its end; a TimeoutExpired after so many seconds."""
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.02)

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Workshop:
    """Starts processes, the first after some seconds and the others at once."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "workers.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, folder: Path, environment: dict[str, str]) -> Worker:
        """The worker of a run, in the place of `core.runs.queue.launch`."""
        return _launch(self._start, folder, environment)

    def time(self, config: TrainConfig, settings: Settings) -> Timing:
        """A timing of a few batches, in the place of `core.runs.estimate._time_in_process`."""
        return _timed(self._start, config, settings)

    def run(self, code: str, log: Path) -> Worker:
        """A program in Python; what it prints goes to a file."""
        return self._start("program", code, log, dict(os.environ))

    def serve(self, options: list[str], log: Path, environment: dict[str, str]) -> Worker:
        """A server, whose trainings and timings are started from here, too."""
        return self._start("server", json.dumps(options), log, environment)

    def _start(self, kind: str, argument: str, log: Path, environment: dict[str, str]) -> Worker:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.workers", str(self._socket)], cwd=PROJECT_ROOT
            )
        if self._process.poll() is not None:
            raise ChildProcessError("the process that others come from has ended")
        return _ask(self._socket, kind, argument, log, environment)

    def close(self) -> None:
        """No more processes; those that live go on."""
        if self._process:
            self._process.terminate()
            self._process.wait()


def _ask(path: Path, kind: str, argument: str, log: Path, environment: dict[str, str]) -> Worker:
    end = time.monotonic() + _SECONDS_TO_IMPORT
    while True:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(path))
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
                continue
            line.sendall(json.dumps([kind, argument, str(log), environment]).encode() + b"\n")
            return Worker(int(line.makefile().readline()))


def _launch(start: Callable[..., Worker], folder: Path, environment: dict[str, str]) -> Worker:
    return start("worker", str(folder), folder / LOG_FILE, environment)


def _timed(start: Callable[..., Worker], config: TrainConfig, settings: Settings) -> Timing:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_text(to_json(config), encoding="utf-8")
        start("timing", str(file), file.with_name("log"), process_environment(settings)).wait()
        return Timing(**json.loads(file.read_text(encoding="utf-8")))


def _listen(path: Path) -> None:
    import torchvision.datasets  # noqa: F401 - for those that are split off

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # they are not waited for
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        listening.settimeout(2)
        tests = os.getppid()
        while os.getppid() == tests:
            try:
                line, _ = listening.accept()
            except TimeoutError:
                continue
            with line:
                kind, argument, log, environment = json.loads(line.makefile().readline())
                pid = os.fork()
                if pid == 0:
                    listening.close()
                    line.close()
                    _become(_KINDS[kind], argument, Path(log), environment, path)
                line.sendall(f"{pid}\n".encode())


def _become(do: Callable[[str], int], argument: str, log: Path, environment: dict[str, str], path: Path) -> None:
    """Do something, as if this process had been started for it, to the end."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(environment)

        start = partial(_ask, path)
        queue.launch = partial(_launch, start)  # type: ignore[assignment]
        estimate._time_in_process = partial(_timed, start)
        status = do(argument)
    except Exception:  # noqa: BLE001 - as Python itself would say it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _work(folder: str) -> int:
    from core import worker

    if seconds := float(os.environ.get(REST, 0)):
        obey = worker._obey

        def rest(folder: Path) -> None:
            time.sleep(seconds)
            obey(folder)

        worker._obey = rest
    return worker.main(Path(folder))


def _time(config_file: str) -> int:
    """Put the timing in the place of the configuration."""
    file = Path(config_file)
    timing = estimate._time(from_json(file.read_text(encoding="utf-8")))
    file.write_text(json.dumps(asdict(timing)), encoding="utf-8")
    return 0


def _run(code: str) -> int:
    exec(code, {"__name__": "__main__"})  # noqa: S102 - a test's own
    return 0


def _serve(options: str) -> int:
    from streamlit.web import cli

    sys.argv = ["streamlit", "run", "Home.py", *json.loads(options)]
    cli.main()
    return 0


_KINDS = {"worker": _work, "timing": _time, "program": _run, "server": _serve}


if __name__ == "__main__":
    _listen(Path(sys.argv[1]))
