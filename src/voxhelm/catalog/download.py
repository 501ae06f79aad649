"""Receiving one file through whatever the network does: what has come is kept, and asked for again is only the rest."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final, TypeVar

from voxhelm.catalog.disk import full_disk_told, off_the_loop
from voxhelm.catalog.hub import Hub, Interrupted
from voxhelm.catalog.hub_file import HubFile, Listing
from voxhelm.catalog.part import Damaged, Part
from voxhelm.catalog.persistence import MOST_DAMAGES, pause_seconds
from voxhelm.domain.errors import DownloadDamaged, HubUnavailable

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]

# Pieces of the network's own size would keep a thread busy with being called.
WRITE_BYTES: Final = 1 << 18

_random: Final = secrets.SystemRandom()


class Patience:
    """Waits between tries, longer each time, and has an end."""

    def __init__(self, what: str, pause: Pause = asyncio.sleep) -> None:
        """what: is being asked for. pause: waits so many seconds."""
        self._what = what
        self._pause = pause
        self._failures = 0

    def restore(self) -> None:
        """Something has come: what failed before does not count any more."""
        self._failures = 0

    async def wait(self, after: Interrupted) -> None:
        """Wait for the next try. Raises HubUnavailable when there have been enough."""
        self._failures += 1
        seconds = pause_seconds(self._failures, _random.random(), after.asked_seconds)
        if seconds is None:
            raise HubUnavailable(
                f"The hub failed {self._failures} times in a row at {self._what}: {after.reason}. What has come so far is kept; try again.",
                retry_after_seconds=after.asked_seconds,
            ) from after
        await self._pause(seconds)


async def persistently(call: Callable[[], Awaitable[T]], patience: Patience) -> T:
    """The result of a call that may be interrupted. Raises what `Patience` raises in the end."""
    while True:
        try:
            return await call()
        except Interrupted as interrupted:
            await patience.wait(interrupted)


async def download(hub: Hub, listing: Listing, file: HubFile, path: Path, pause: Pause = asyncio.sleep) -> AsyncGenerator[int]:
    """Receive `file` as `path`, which appears when it is whole and right, and yield how many bytes are there.

    Closed or killed at any moment it leaves what has come beside `path`, and goes on from there the next time.
    Raises HubUnavailable, HubForbidden, ModelNotFound, DownloadDamaged, DiskFull.
    """
    part = Part(path, file.size_bytes, file.checksum)
    patience = Patience(file.name, pause)
    damages = 0
    await off_the_loop(part.open)
    try:
        while True:
            before_bytes = part.received_bytes
            try:
                if part.received_bytes < file.size_bytes or not file.size_bytes:
                    async with aclosing(_receive(hub, listing, file, part)) as received:
                        async for there_bytes in received:
                            yield there_bytes
                with full_disk_told(path.parent):
                    await off_the_loop(part.finish)
            except Damaged as damaged:
                damages += 1
                await off_the_loop(part.restart, None)
                if damages >= MOST_DAMAGES:
                    raise DownloadDamaged(
                        f"{file.name} of {listing.repository} did not arrive as announced: {damaged}. Nothing was installed."
                    ) from damaged
            except Interrupted as interrupted:
                if interrupted.stale:
                    await off_the_loop(part.restart, None)
                elif part.received_bytes > before_bytes:
                    patience.restore()
                await patience.wait(interrupted)
            else:
                return
            yield part.received_bytes
    finally:
        part.close()


async def _receive(hub: Hub, listing: Listing, file: HubFile, part: Part) -> AsyncGenerator[int]:
    """One try. Raises Interrupted, Damaged."""
    async with hub.fetch(listing, file, part.received_bytes, part.etag) as answer:
        if answer.total_bytes not in (None, file.size_bytes):
            raise Damaged(f"the hub lists {file.size_bytes} bytes and sends {answer.total_bytes}")
        if answer.start == 0:
            await off_the_loop(part.restart, answer.etag)
        elif answer.start != part.received_bytes or (part.etag is not None and answer.etag != part.etag):
            raise Interrupted("the file has changed", stale=True)
        pending = bytearray()
        try:
            async for chunk in answer.chunks:
                pending += chunk
                if len(pending) >= WRITE_BYTES:
                    await _write(part, pending)
                    yield part.received_bytes
        finally:
            # Also what came last before a break: the rest is asked for from there.
            await _write(part, pending)
        yield part.received_bytes
    if part.received_bytes < file.size_bytes:
        raise Interrupted(f"it broke off after {part.received_bytes} of {file.size_bytes} bytes")


async def _write(part: Part, pending: bytearray) -> None:
    data = bytes(pending)
    pending.clear()
    with full_disk_told(part.folder):
        await off_the_loop(part.append, data)
