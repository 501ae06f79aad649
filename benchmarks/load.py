"""A closed loop of clients: each asks again as soon as it has its answer."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.wire import Connection, Endpoint, Reply, ReplyBroken, Request
from benchmarks.wyoming import WyomingConnection

REQUEST_LIMIT_SECONDS = 120.0


@dataclass(slots=True)
class Round:
    """What one go at a server gave. `elapsed_seconds` is from the first request to the last reply."""

    replies: list[Reply] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    elapsed_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Good replies per second."""
        return len(self.replies) / self.elapsed_seconds if self.elapsed_seconds else 0.0


def fault(reply: Reply, request: Request) -> str | None:
    """Why a reply does not count, None when it does: a fast refusal must not look like a fast answer."""
    if reply.status != 200:
        return f"status {reply.status}: {bytes(reply.body[:200]).decode('utf-8', errors='replace')}"
    if reply.body_bytes <= request.silent_bytes:
        return f"status 200 with {reply.body_bytes} bytes, which hold no sound"
    return None


async def closed_loop(endpoint: Endpoint, requests: Iterable[Request], clients: int, budget_seconds: float) -> Round:
    """Send `requests` from `clients` connections that are open before the clock starts.

    budget_seconds: no request is sent after this, so that a slow server does not hold up the others.
    """
    queue: Iterator[Request] = iter(requests)
    outcome = Round()
    connections = [WyomingConnection(endpoint) if endpoint.wyoming else Connection(endpoint) for _ in range(clients)]
    try:
        await asyncio.gather(*(connection.open() for connection in connections))
        started = time.perf_counter()
        deadline = started + budget_seconds
        await asyncio.gather(*(_client(connection, queue, outcome, deadline) for connection in connections))
        outcome.elapsed_seconds = time.perf_counter() - started
    except OSError as error:
        outcome.failures.append(f"cannot connect: {error}")
    finally:
        for connection in connections:
            connection.abort()
    return outcome


async def _client(connection: Connection | WyomingConnection, queue: Iterator[Request], outcome: Round, deadline: float) -> None:
    for request in queue:
        try:
            reply = await connection.ask(request, limit_seconds=REQUEST_LIMIT_SECONDS)
        except (ReplyBroken, OSError, TimeoutError) as error:
            outcome.failures.append(f"{type(error).__name__}: {error}")
        else:
            why = fault(reply, request)
            if why is None:
                outcome.replies.append(reply)
            else:
                outcome.failures.append(why)
        if time.perf_counter() > deadline:
            return
