"""Who may use a model now: one line per model."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import DeadlineMissed, QueueFull
from voxhelm.kit.clock import Clock
from voxhelm.serving.line import Line, LineOptions, Ticket
from voxhelm.telemetry.metrics import Metrics


class Admission:
    """The lines of all models. Everything happens on the event loop, so each line has one owner."""

    def __init__(self, options: LineOptions, metrics: Metrics, clock: Clock) -> None:
        """options: the same for every model."""
        self._options = options
        self._metrics = metrics
        self._clock = clock
        self._numbers = itertools.count(1)
        self._lines: dict[str, Line] = {}
        self._waiters: dict[int, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(self, model_id: str, caller: Caller) -> AsyncGenerator[None]:
        """Wait for a turn with the model and have it while inside.

        Raises QueueFull with a time to come back, DeadlineMissed.
        """
        line = self._lines.setdefault(model_id, Line(self._options))
        now_seconds = self._clock.monotonic_seconds()
        ticket = Ticket(next(self._numbers), caller.key, caller.priority, now_seconds)
        try:
            await self._take(model_id, line, ticket, caller)
            waited_seconds = self._clock.monotonic_seconds() - now_seconds
            self._metrics.queue_wait_seconds.labels(model=model_id, priority=caller.priority.name.lower()).observe(waited_seconds)
            yield
        finally:
            self._waiters.pop(ticket.number, None)
            line.leave(ticket, self._clock.monotonic_seconds())
            self._advance(model_id, line)

    async def _take(self, model_id: str, line: Line, ticket: Ticket, caller: Caller) -> None:
        offered = line.offer(ticket, ticket.arrived_seconds)
        if offered.displaced is not None:
            waiter = self._waiters.pop(offered.displaced.number, None)
            if waiter is not None and not waiter.done():
                waiter.set_exception(self._full(model_id, line, offered.displaced))
        if offered.served:
            self._count(model_id, line)
            return
        if not offered.waits:
            raise self._full(model_id, line, ticket)
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[ticket.number] = waiter
        self._advance(model_id, line)
        try:
            async with asyncio.timeout(caller.patience_seconds):
                await waiter
        except TimeoutError as error:
            self._reject(model_id, ticket, "deadline")
            raise DeadlineMissed(
                f"The deadline of {caller.patience_seconds:g} s passed while {len(line.waiting)} requests waited for model '{model_id}'. "
                "Allow more time, or try again later.",
                retry_after_seconds=line.wait_seconds(),
            ) from error

    def _advance(self, model_id: str, line: Line) -> None:
        while (ticket := line.serve_next(self._clock.monotonic_seconds())) is not None:
            waiter = self._waiters.pop(ticket.number, None)
            if waiter is None or waiter.done():
                # Its holder has gone in this very moment.
                line.leave(ticket, self._clock.monotonic_seconds())
            else:
                waiter.set_result(None)
        self._count(model_id, line)

    def _full(self, model_id: str, line: Line, ticket: Ticket) -> QueueFull:
        self._reject(model_id, ticket, "full")
        return QueueFull(
            f"{len(line.waiting)} requests wait for model '{model_id}' already. Try again in about {line.wait_seconds():.0f} s.",
            retry_after_seconds=line.wait_seconds(),
        )

    def _reject(self, model_id: str, ticket: Ticket, reason: str) -> None:
        self._metrics.queue_rejected.labels(model=model_id, priority=ticket.priority.name.lower(), reason=reason).inc()

    def _count(self, model_id: str, line: Line) -> None:
        self._metrics.queue_in_flight.labels(model=model_id).set(line.in_flight)
        self._metrics.queue_depth.labels(model=model_id).set(len(line.waiting))
