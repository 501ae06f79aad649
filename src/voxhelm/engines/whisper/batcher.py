"""Work of several callers done together, without a thread of its own: whoever waits first does it for the others too."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Final, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

LONGEST_WAIT_SECONDS: Final = 0.05
"""About what a caller needs from one result to its next job. A batch takes many times as long."""


def patience_seconds(*, gathered: int, callers: int, limit: int, waited_seconds: float) -> float:
    """How much longer a batch waits for company; 0 is to start now.

    gathered: jobs that would go together. callers: those at work, who are the only ones that could bring more; with one there is
    nobody to wait for. limit: how many go together at most. waited_seconds: since the batch could have started.
    The less is missing, the less it is worth waiting for.
    """
    most = min(limit, callers)
    if gathered >= most:
        return 0.0
    return max(0.0, LONGEST_WAIT_SECONDS * (most - gathered) / most - waited_seconds)


class _Stage(Enum):
    WAITING = auto()
    RUNNING = auto()
    DONE = auto()


class _Ticket(Generic[Job, Result]):
    """A job on its way. `result` or `error` is set when it is done."""

    __slots__ = ("error", "job", "key", "result", "stage")

    def __init__(self, job: Job, key: Hashable) -> None:
        self.job = job
        self.key = key
        self.stage = _Stage.WAITING
        self.result: list[Result] = []
        self.error: BaseException | None = None


class Batcher(Generic[Job, Result]):
    """Gathers jobs of equal key from any number of threads, and runs them in batches, the oldest first."""

    def __init__(
        self,
        run: Callable[[Sequence[Job]], Sequence[Result]],
        key: Callable[[Job], Hashable],
        *,
        limit: int,
        workers: int,
        now_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """run: gives one result for each job of a batch, in order. limit: jobs in a batch. workers: batches at the same time."""
        self._run = run
        self._key = key
        self._limit = limit
        self._free = workers
        self._now_seconds = now_seconds
        self._callers = 0
        self._waiting: list[_Ticket[Job, Result]] = []
        self._changed = threading.Condition()

    @contextmanager
    def caller(self) -> Iterator[None]:
        """For as long as somebody may bring jobs: others may wait for them a moment."""
        with self._changed:
            self._callers += 1
        try:
            yield
        finally:
            with self._changed:
                self._callers -= 1
                self._changed.notify_all()

    def run(self, jobs: Sequence[Job]) -> list[Result]:
        """The results of `jobs`. Blocks until all are there; raises what the batch raised in which one of them was."""
        tickets: list[_Ticket[Job, Result]] = [_Ticket(job, self._key(job)) for job in jobs]
        with self._changed:
            self._waiting += tickets
            self._changed.notify_all()
        try:
            while batch := self._next_batch(tickets):
                self._work(batch)
        finally:
            with self._changed:
                self._waiting = [ticket for ticket in self._waiting if ticket not in tickets]
        for ticket in tickets:
            if ticket.error is not None:
                raise ticket.error
        return [result for ticket in tickets for result in ticket.result]

    def _next_batch(self, own: Sequence[_Ticket[Job, Result]]) -> list[_Ticket[Job, Result]]:
        """What this thread is to work on next; empty when its own jobs are done."""
        with self._changed:
            while True:
                self._changed.wait_for(
                    lambda: all(ticket.stage is _Stage.DONE for ticket in own) or (self._free and self._any_waiting(own))
                )
                if not self._any_waiting(own):
                    if all(ticket.stage is _Stage.DONE for ticket in own):
                        return []
                    continue
                self._free -= 1
                batch = self._gathered()
                if batch:
                    return batch
                self._free += 1
                self._changed.notify_all()

    @staticmethod
    def _any_waiting(own: Sequence[_Ticket[Job, Result]]) -> bool:
        return any(ticket.stage is _Stage.WAITING for ticket in own)

    def _gathered(self) -> list[_Ticket[Job, Result]]:
        """Take the oldest job and those like it, having waited for more. Empty when another worker was quicker."""
        began_seconds = self._now_seconds()
        while self._waiting:
            key = self._waiting[0].key
            batch = [ticket for ticket in self._waiting if ticket.key == key][: self._limit]
            left_seconds = patience_seconds(
                gathered=len(batch),
                callers=self._callers,
                limit=self._limit,
                waited_seconds=self._now_seconds() - began_seconds,
            )
            if left_seconds <= 0:
                for ticket in batch:
                    self._waiting.remove(ticket)
                    ticket.stage = _Stage.RUNNING
                return batch
            self._changed.wait(left_seconds)
        return []

    def _work(self, batch: Sequence[_Ticket[Job, Result]]) -> None:
        error: BaseException | None = None
        results: Sequence[Result] = ()
        try:
            results = self._run([ticket.job for ticket in batch])
        except BaseException as raised:
            error = raised
            raise
        finally:
            with self._changed:
                self._free += 1
                for index, ticket in enumerate(batch):
                    ticket.stage = _Stage.DONE
                    ticket.error = error
                    ticket.result = list(results[index : index + 1])
                self._changed.notify_all()
