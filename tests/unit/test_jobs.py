import threading
import time

import pytest

from core.jobs import AT_ONCE, KEPT, Cancelled, Jobs, Progress

PATIENCE = 20


def test_a_job_gives_its_result_and_tells_how_far_it_is() -> None:
    go = threading.Event()

    def work(progress: Progress) -> str:
        progress(3, 4)
        go.wait(PATIENCE)
        return "done"

    jobs = Jobs()
    job = jobs.start("a", work)
    with pytest.raises(TimeoutError):
        job.result(timeout=0.05)
    assert (job.done, job.total, job.ended) == (3, 4, False)
    go.set()
    assert job.result(PATIENCE) == "done"
    assert job.ended
    assert not job.cancelled


def test_the_same_key_finds_the_same_job_until_it_is_forgotten() -> None:
    jobs = Jobs()
    first = jobs.start("a", lambda _: 1)
    assert first.result(PATIENCE) == 1
    assert jobs.start("a", lambda _: 2).result(PATIENCE) == 1
    jobs.forget("a")
    assert jobs.get("a") is None
    assert jobs.start("a", lambda _: 2).result(PATIENCE) == 2


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def work(_: Progress) -> None:
        raise OSError("no space left")

    job = Jobs().start("a", work)
    with pytest.raises(OSError, match="no space left"):
        job.result(PATIENCE)


def test_cancelling_stops_at_the_next_report() -> None:
    started = threading.Event()

    def work(progress: Progress) -> None:
        while True:
            progress(1, 2)
            started.set()
            time.sleep(0.01)

    job = Jobs().start("a", work)
    assert started.wait(PATIENCE)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(PATIENCE)
    assert job.cancelled


def test_only_some_work_at_once_and_a_waiting_one_can_be_cancelled() -> None:
    go, jobs = threading.Event(), Jobs()
    working = [jobs.start(number, lambda _: go.wait(PATIENCE)) for number in range(AT_ONCE)]
    ran = threading.Event()
    waiting = jobs.start("waiting", lambda _: ran.set())
    waiting.cancel()
    assert not ran.wait(0.1)
    go.set()
    assert all(job.result(PATIENCE) for job in working)
    with pytest.raises(Cancelled):
        waiting.result(PATIENCE)
    assert not ran.is_set()


def test_old_results_are_let_go() -> None:
    jobs = Jobs()
    for number in range(KEPT + 5):
        jobs.start(number, lambda _: None).result(PATIENCE)
    assert jobs.get(0) is None
    assert sum(jobs.get(number) is not None for number in range(KEPT + 5)) == KEPT


def test_a_job_that_came_to_nothing_says_so() -> None:
    go, jobs = threading.Event(), Jobs()

    def work(progress: Progress) -> None:
        go.wait(PATIENCE)
        progress(1, 2)

    job = jobs.start("stopped", work)
    assert not job.stopping
    job.cancel()
    assert (job.stopping, job.failed) == (True, False)
    go.set()
    with pytest.raises(Cancelled):
        job.result(PATIENCE)
    assert (job.stopping, job.failed) == (False, True)
    broken = jobs.start("broken", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        broken.result(PATIENCE)
    assert broken.failed
    assert not broken.cancelled
    fine = jobs.start("fine", lambda _: 1)
    assert fine.result(PATIENCE) == 1
    assert not fine.failed
