"""Work that takes longer than a page should wait: in a thread of its own, with progress, to be cancelled.

For what is lost without loss when the program ends (a download, a map, a measurement). Trainings have processes.
"""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

AT_ONCE = 2
KEPT = 12

Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with what is done so far and what there is in all, in any unit; 0 in all when that is not known."""


def ignore(_: int, __: int) -> None:
    """Progress that nobody asks for."""


class Cancelled(Exception):
    """Raised inside the work when it reports progress after it was cancelled."""


class Job(Generic[Result]):
    """One piece of work; `done` and `total` are the progress last reported, both 0 before the first report."""

    def __init__(self, work: Callable[[Progress], Result], turn: threading.Semaphore) -> None:
        self.done, self.total = 0, 0
        self._stop = threading.Event()
        self._future: Future[Result] = Future()
        # A daemon, so that the server ends when it is told to.
        threading.Thread(target=self._run, args=(work, turn), name="job", daemon=True).start()

    def _run(self, work: Callable[[Progress], Result], turn: threading.Semaphore) -> None:
        try:
            with turn:
                self._report(0, 0)
                result = work(self._report)
        except BaseException as error:  # noqa: BLE001 - kept, and raised where the result is asked for
            self._future.set_exception(error)
        else:
            self._future.set_result(result)

    def _report(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.done, self.total = done, total

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop.set()

    @property
    def ended(self) -> bool:
        """Whether it is over, one way or another."""
        return self._future.done()

    @property
    def failed(self) -> bool:
        """Whether it is over and gave no result: it raised something, or was cancelled."""
        return self.ended and self._future.exception() is not None

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop, and has not yet."""
        return not self.ended and self._stop.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether it is over because it was cancelled."""
        return self.ended and isinstance(self._future.exception(), Cancelled)

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the end, so many seconds at most, and return what came of it, or raise what the work raised."""
        return self._future.result(timeout)


class Jobs:
    """Jobs by key, so that a page finds its own again after a refresh. At most AT_ONCE work, the others wait."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, Job[Any]] = {}
        self._turn = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Job[Any] | None:
        return self._jobs.get(key)

    def start(self, key: Hashable, work: Callable[[Progress], Result]) -> Job[Result]:
        """Start a job, or find the one of the same key that is there already."""
        with self._lock:
            if key not in self._jobs:
                self._tidy()
                self._jobs[key] = Job(work, self._turn)
            return self._jobs[key]

    def forget(self, key: Hashable) -> None:
        """Let go of a job, so that the next start begins anew; one that still works is cancelled."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job:
            job.cancel()

    def _tidy(self) -> None:
        """Keep the number of results in memory bounded: the oldest that have ended go."""
        ended = [key for key, job in self._jobs.items() if job.ended]
        for key in ended[: max(0, len(self._jobs) - KEPT + 1)]:
            del self._jobs[key]
