"""The service, as a blocking generator."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from voxhelm.domain.errors import EngineFailed, Unavailable, VoxhelmError
from voxhelm.engines.edge_tts.installation import HOST, REMEDY

if TYPE_CHECKING:
    from edge_tts.typing import TTSChunk

CONNECT_TIMEOUT_SECONDS: Final = 5
RECEIVE_TIMEOUT_SECONDS: Final = 30
CLOSE_GRACE_SECONDS: Final = 0.05
TICKS_PER_SECOND: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Boundary:
    """A word as the service says it. start_seconds: in its own sound, at the pace it was asked for."""

    text: str
    start_seconds: float
    end_seconds: float


def ask(text: str, voice: str, speed: float) -> Generator[bytes | Boundary]:
    """MP3 as it arrives, and the words in it. speed: 0.5 to 2. Closing the generator closes the connection.

    Raises Unavailable when the service cannot be reached, EngineFailed when it refuses or does not keep to its protocol.
    """
    import edge_tts

    # Half a surrogate pair cannot be sent. One character stays one, so that words are found again.
    sendable = text.encode("utf-8", "replace").decode()
    communicate = edge_tts.Communicate(
        sendable,
        voice,
        rate=f"{round((speed - 1) * 100):+d}%",
        boundary="WordBoundary",
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        receive_timeout=RECEIVE_TIMEOUT_SECONDS,
    )
    messages = communicate.stream()
    loop = asyncio.new_event_loop()
    try:
        while True:
            try:
                message = loop.run_until_complete(anext(messages, None))
            except Exception as error:
                raise _told(error) from error
            if message is None:
                return
            yield _understood(message)
    finally:
        loop.run_until_complete(_leave(messages))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _leave(messages: AsyncGenerator["TTSChunk"]) -> None:
    """Close the connection, in order if the service is quick about it."""
    await messages.aclose()
    # The package leaves the closing of its own generator to the loop, which makes a task of it in its next round.
    await asyncio.sleep(0)
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=CLOSE_GRACE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _understood(message: "TTSChunk") -> bytes | Boundary:
    if message["type"] == "audio":
        return message["data"]
    start_seconds = message["offset"] / TICKS_PER_SECOND
    return Boundary(message["text"], start_seconds, start_seconds + message["duration"] / TICKS_PER_SECOND)


def _told(error: Exception) -> VoxhelmError:
    import aiohttp
    import edge_tts.exceptions

    named = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, aiohttp.ClientResponseError):
        update = REMEDY.replace("install", "install --upgrade")
        return EngineFailed(f"{HOST} refused the request ({error.status}). It may want a newer package: {update}")
    if isinstance(error, aiohttp.ClientError | OSError):  # a time-out is an OSError
        return Unavailable(f"{HOST} cannot be reached: {named}", retry_after_seconds=5.0)
    if isinstance(error, edge_tts.exceptions.NoAudioReceived):
        return EngineFailed(f"{HOST} sent no sound: it may not have this voice any more.")
    return EngineFailed(f"{HOST} answered in a way that the package edge-tts does not understand: {named}")
