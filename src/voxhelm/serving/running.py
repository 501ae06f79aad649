"""Requests that can be cancelled by their id."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


class RunningRequests:
    """Who is being answered now. One id may stand for several requests, since callers choose it."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], set[asyncio.Event]] = {}

    @contextmanager
    def running(self, request_id: str, key: str) -> Generator[asyncio.Event]:
        """While inside, the request can be cancelled: then the event is set."""
        cancelled = asyncio.Event()
        same = self._running.setdefault((request_id, key), set())
        same.add(cancelled)
        try:
            yield cancelled
        finally:
            same.discard(cancelled)
            if not same:
                self._running.pop((request_id, key), None)

    def cancel(self, request_id: str, key: str) -> int:
        """Cancel what runs under this id for this key; return how many requests that were."""
        found = self._running.get((request_id, key), set())
        for cancelled in found:
            cancelled.set()
        return len(found)
