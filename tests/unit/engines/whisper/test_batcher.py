import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.whisper.batcher import LONGEST_WAIT_SECONDS, Batcher, patience_seconds

# --- the policy


def patience(gathered=1, callers=4, limit=4, waited_seconds=0.0):
    return patience_seconds(gathered=gathered, callers=callers, limit=limit, waited_seconds=waited_seconds)


@given(limit=st.integers(1, 64), gathered=st.integers(1, 64))
def test_one_caller_never_waits(limit, gathered):
    assert patience(gathered=gathered, callers=1, limit=limit) == 0


@given(callers=st.integers(1, 64), limit=st.integers(1, 64))
def test_a_full_batch_starts_at_once(callers, limit):
    assert patience(gathered=limit, callers=callers, limit=limit) == 0


def test_nobody_is_waited_for_when_all_callers_have_come():
    assert patience(gathered=3, callers=3) == 0


@given(
    gathered=st.integers(1, 64),
    callers=st.integers(1, 64),
    limit=st.integers(1, 64),
    waited_seconds=st.floats(0, 1, allow_nan=False),
)
def test_the_wait_is_bounded_and_runs_out(gathered, callers, limit, waited_seconds):
    left_seconds = patience(gathered, callers, limit, waited_seconds)
    assert 0 <= left_seconds <= max(0.0, LONGEST_WAIT_SECONDS - waited_seconds)


def test_the_less_is_missing_the_shorter_the_wait():
    waits = [patience(gathered=gathered) for gathered in (1, 2, 3, 4)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > waits[-1] == 0


# --- the machine


class Stopped:
    """A clock that stands still, so that nobody's patience ends."""

    def __call__(self) -> float:
        return 0.0


def batcher_of(run, limit=4, workers=1, key=lambda job: 0, now_seconds=None):
    return Batcher(run, key, limit=limit, workers=workers, **({"now_seconds": now_seconds} if now_seconds else {}))


def test_results_are_those_of_the_jobs_in_their_order():
    batches = []

    def run(jobs):
        batches.append(list(jobs))
        return [job * 10 for job in jobs]

    batcher = batcher_of(run)
    with batcher.caller():
        assert batcher.run([1, 2, 3, 4, 5, 6]) == [10, 20, 30, 40, 50, 60]
    assert batches == [[1, 2, 3, 4], [5, 6]]


def test_nothing_to_do_is_done():
    assert batcher_of(lambda jobs: jobs).run([]) == []


def test_jobs_of_different_keys_are_not_mixed():
    batches = []

    def run(jobs):
        batches.append(list(jobs))
        return jobs

    batcher = batcher_of(run, key=lambda job: job % 2)
    assert batcher.run([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert batches == [[1, 3], [2, 4]]


def test_callers_that_meet_are_served_together():
    batches = []

    def run(jobs):
        batches.append(sorted(jobs))
        return [-job for job in jobs]

    batcher = batcher_of(run, limit=8, now_seconds=Stopped())
    there = threading.Barrier(5)

    def call(job):
        with batcher.caller():
            there.wait()  # all are at work before the first brings something
            return batcher.run([job])

    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(call, range(5))) == [[0], [-1], [-2], [-3], [-4]]
    assert batches == [[0, 1, 2, 3, 4]]


def test_a_caller_that_leaves_is_no_longer_waited_for():
    batcher = batcher_of(lambda jobs: jobs, now_seconds=Stopped())
    entered, may_leave = threading.Event(), threading.Event()

    def idle():
        with batcher.caller():
            entered.set()
            may_leave.wait()

    with ThreadPoolExecutor(2) as threads:
        threads.submit(idle)
        entered.wait()
        with batcher.caller():
            waiting = threads.submit(batcher.run, [1])
            may_leave.set()
            # This caller counts too, and brings the other job that is waited for.
            assert batcher.run([2]) == [2]
            assert waiting.result() == [1]


def test_what_a_batch_raises_reaches_everybody_in_it_and_nobody_else():
    def run(jobs):
        if 13 in jobs:
            raise ArithmeticError("unlucky")
        return jobs

    batcher = batcher_of(run, limit=2, key=lambda job: job > 10, now_seconds=Stopped())
    there = threading.Barrier(2)

    def call(job):
        with batcher.caller():
            there.wait()
            return batcher.run([job])

    with ThreadPoolExecutor(2) as threads:
        failing = [threads.submit(call, job) for job in (12, 13)]
        for future in failing:
            with pytest.raises(ArithmeticError, match="unlucky"):
                future.result()
    assert batcher.run([1, 2]) == [1, 2]


def test_as_many_batches_run_at_once_as_there_are_workers():
    together = threading.Barrier(2)

    def run(jobs):
        together.wait()  # would stand for ever with one worker
        return jobs

    batcher = batcher_of(run, limit=1, workers=2)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda job: batcher.run([job]), [1, 2])) == [[1], [2]]


def test_many_callers_all_get_their_own():
    batcher = batcher_of(lambda jobs: [job + 1000 for job in jobs], limit=3, workers=2, key=lambda job: job % 3)

    def call(first):
        with batcher.caller():
            return [batcher.run([first, first + 1]), batcher.run([first + 2])]

    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(call, range(0, 600, 3)))
    assert results == [[[first + 1000, first + 1001], [first + 1002]] for first in range(0, 600, 3)]
