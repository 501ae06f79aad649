"""One owner per piece of state: messages in, one loop that handles them in order."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from voxhelm.kit.clock import Clock

M = TypeVar("M")


class Mailbox(Generic[M]):
    """Messages are handled one at a time by the task that runs `run`; anyone on the same event loop may `post`."""

    def __init__(self, clock: Clock) -> None:
        """clock: tells when a wake-up is due."""
        self._clock = clock
        self._messages: asyncio.Queue[M | None] = asyncio.Queue()

    def post(self, message: M) -> None:
        """Leave a message; returns at once."""
        self._messages.put_nowait(message)

    def close(self) -> None:
        """End `run` after the messages posted so far."""
        self._messages.put_nowait(None)

    async def run(self, handle: Callable[[M | None], float | None]) -> None:
        """Call `handle` for every message, and with None when a wake-up is due, until closed.

        handle: returns the monotonic second at which it wants to be woken without a message, or None.
        """
        wake_at_seconds = handle(None)
        while True:
            try:
                if wake_at_seconds is None:
                    message = await self._messages.get()
                else:
                    delay_seconds = max(0.0, wake_at_seconds - self._clock.monotonic_seconds())
                    message = await asyncio.wait_for(self._messages.get(), delay_seconds)
            except TimeoutError:
                wake_at_seconds = handle(None)
                continue
            if message is None:
                return
            wake_at_seconds = handle(message)
