"""Workers that begin in a moment: each is split off from one process that has imported all that they need.

Half of a short training is the import of torch. The workers are processes all the same: they can be killed, hold
their locks, and end alone. `python -m tests.support.workers SOCKET` is the process that they come from.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from core.runs.folder import LOG_FILE
from core.settings import PROJECT_ROOT

_SECONDS_TO_IMPORT = 60


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
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Workshop:
    """Starts workers, the first after some seconds and the others at once."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "workers.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, folder: Path, environment: dict[str, str]) -> Worker:
        """In the place of `core.runs.queue.launch`."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.workers", str(self._socket)], cwd=PROJECT_ROOT
            )
        if self._process.poll() is not None:
            raise ChildProcessError("the process that workers come from has ended")
        return ask(self._socket, folder, environment)

    def close(self) -> None:
        """No more workers; those that live go on."""
        if self._process:
            self._process.terminate()
            self._process.wait()


def ask(path: Path, folder: Path, environment: dict[str, str]) -> Worker:
    """Ask for a worker."""
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
            line.sendall(json.dumps([str(folder), environment]).encode() + b"\n")
            return Worker(int(line.makefile().readline()))


def _serve(path: Path) -> None:
    import core.runs.recorder
    import core.teaching.teach
    import core.worker  # noqa: F401 - for those that are split off

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # they are not waited for
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        while True:
            line, _ = listening.accept()
            with line:
                folder, environment = json.loads(line.makefile().readline())
                pid = os.fork()
                if pid == 0:
                    listening.close()
                    line.close()
                    _become(Path(folder), environment, path)
                line.sendall(f"{pid}\n".encode())


def _become(folder: Path, environment: dict[str, str], path: Path) -> None:
    """Be the worker of a run, as if started by `core.runs.queue.launch`, to the end."""
    status = 1
    try:
        from core import worker
        from core.runs import queue

        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.clear()
        os.environ.update(environment)
        # At its end it starts the next one.
        queue.launch = lambda *run: ask(path, *run)  # type: ignore[assignment]
        status = worker.main(folder)
    except Exception:  # noqa: BLE001 - as Python itself would say it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
