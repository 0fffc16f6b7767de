"""TensorBoard on the folder of the runs, in a process of its own that answers on this machine alone.

    python -m core.runs.tensorboard FOLDER

serves until standard input ends. The program that starts it holds the other end, so that it goes when that program
does, killed or not. Imports neither torch nor streamlit.
"""

import os
import sys
import threading
import time
from collections import deque
from enum import StrEnum
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from urllib.parse import urlsplit

from core.errors import RunError
from core.settings import PROJECT_ROOT, Settings, check_writable

HOST = "127.0.0.1"
ANY_PORT = 0
NICENESS = 10
PATIENCE_SECONDS = 60
_READY = "ready at "
_KEPT_LINES = 20


class Stage(StrEnum):
    CLOSED = "closed"  # it was not asked for yet
    STARTING = "starting"
    READY = "ready"
    ENDED = "ended"  # it could not start, or has gone since


class TensorBoard:
    """The one process for all sessions of a program. Its methods may be called from any thread and return at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._server: _Server | None = None

    def start(self, settings: Settings) -> None:
        """Start the process, unless there is one that lives; a RunError where it cannot be made."""
        check_writable(settings, "started")
        with self._lock:
            if self._server is None or self._server.stage is Stage.ENDED:
                self._server = _Server(self._folder)

    @property
    def stage(self) -> Stage:
        return self._server.stage if self._server else Stage.CLOSED

    @property
    def address(self) -> str:
        """Where it answers, "http://127.0.0.1:PORT/"; empty unless it is ready."""
        return self._server.address if self._server and self._server.stage is Stage.READY else ""

    @property
    def problem(self) -> str:
        """Why it has ended, in its own words; empty unless it has."""
        return self._server.problem if self._server and self._server.stage is Stage.ENDED else ""

    def close(self) -> None:
        with self._lock:
            if self._server:
                self._server.end()


class _Server:
    """One process, from its start to its end."""

    def __init__(self, folder: Path) -> None:
        self.address = ""
        self._begun = time.monotonic()
        self._output: deque[str] = deque(maxlen=_KEPT_LINES)
        command = [sys.executable, "-m", "core.runs.tensorboard", str(folder.resolve())]
        try:
            self._process = Popen(
                command, cwd=PROJECT_ROOT, stdin=PIPE, stdout=PIPE, stderr=STDOUT, text=True, errors="replace"
            )
        except OSError as error:
            raise RunError(f"TensorBoard could not be started: {error.strerror or error}.") from error
        self._listener = threading.Thread(target=self._listen, name="tensorboard", daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(_READY):
                self.address = line.removeprefix(_READY).strip()
            elif line.strip():
                self._output.append(line.strip())

    @property
    def stage(self) -> Stage:
        if self._process.poll() is not None:
            return Stage.ENDED
        if self.address:
            return Stage.READY
        if time.monotonic() - self._begun > PATIENCE_SECONDS:
            self._output.append(f"It did not answer within {PATIENCE_SECONDS} seconds.")
            self.end()
            return Stage.ENDED
        return Stage.STARTING

    @property
    def problem(self) -> str:
        self._listener.join(timeout=1)  # what it said last may still be in the pipe
        status = self._process.returncode
        return self._output[-1] if self._output and not self.address else f"Its process has ended with status {status}."

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def is_local(address: str | None) -> bool:
    """Whether a page at this address was opened on the machine that serves it; None, an unknown one, counts as such."""
    host = urlsplit(address).hostname if address else "localhost"
    return host in ("localhost", HOST, "::1") or str(host).endswith(".localhost")


def launch(folder: Path, port: int | None = None) -> str:
    """Serve TensorBoard from a thread of this process, for as long as it lives, and return its address.

    Port 0 is any that is free, None 6006 or the next that is free; a RunError where the port is taken.
    """
    try:
        from tensorboard import default, program
    except ImportError as error:
        raise RunError(f"TensorBoard is not installed as it should be: {error}. Run `make run` once.") from error
    board = program.TensorBoard(default.get_plugins())
    board.configure(logdir=str(folder), host=HOST, port=port)
    try:
        return str(board.launch())
    except program.TensorBoardServerException as error:
        raise RunError(str(error.msg)) from error


def main(folder: Path) -> None:
    """Serve, say where, and end when nobody holds the other end of standard input any more."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)  # pages come first
    try:
        address = launch(folder, ANY_PORT)
    except RunError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{_READY}{address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
