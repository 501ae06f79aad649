"""The answers of one session that are being made."""

import asyncio
from collections.abc import Callable

from voxhelm.domain.caller import Caller
from voxhelm.realtime.effects import StartAnswer
from voxhelm.realtime.happenings import Happening
from voxhelm.realtime.saying import Mouth, Saying


class Answering:
    """Starts them and stops them; each is a task of its own."""

    def __init__(self, mouth: Mouth, caller: Caller, post: Callable[[Happening], None], first_text: Callable[[], None]) -> None:
        """post: told what comes of them, never from inside one of the methods. first_text: called when the assistant begins to write."""
        self._mouth = mouth
        self._caller = caller
        self._post = post
        self._first_text = first_text
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def start(self, wanted: StartAnswer) -> None:
        """As `effects.StartAnswer`."""
        saying = Saying(self._mouth, wanted, self._caller, self._post, self._first_text)
        task = asyncio.create_task(saying.run(), name=f"answer-{wanted.response_id}")
        self._running[wanted.response_id] = task
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.add_done_callback(lambda _: self._running.pop(wanted.response_id, None))

    def stop(self, response_id: str) -> None:
        """As `effects.StopAnswer`."""
        task = self._running.pop(response_id, None)
        if task is not None:
            task.cancel()

    async def aclose(self) -> None:
        """Stop all of them, and wait until nobody works for them any more."""
        for response_id in list(self._running):
            self.stop(response_id)
        await asyncio.gather(*self._ending, return_exceptions=True)
