"""Playing sound as it arrives, through whatever sound system the machine has."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

from voxhelm.cli.failure import CommandFailed

RATE_HZ: Final = 24_000  # of every `pcm` that Voxhelm makes
BYTES_PER_SAMPLE: Final = 2
PERIOD_SECONDS: Final = 0.1
# miniaudio keeps three periods between us and the loudspeaker.
PERIODS: Final = 3
# Speech is made far faster than it is heard. What waits here is all of it that is held in memory.
LONGEST_WAITING_SECONDS: Final = 20.0
NULL_BACKEND: Final = "Null"


class Player:
    """An open audio device. Sound is given from the event loop and taken by the device's own thread; nothing blocks either."""

    def __init__(self, device: Any) -> None:
        """device: of miniaudio, open and not started; `open_player` makes one."""
        self._device = device
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._silence_bytes = 0
        self._taken = asyncio.Event()
        self._stopped = False

    async def play(self, sound: AsyncIterator[bytes]) -> None:
        """Play 16-bit sound at RATE_HZ; returns when the last of it has been heard. Raises CommandFailed when the device goes away."""
        self._device.stop_callback = self._on_stop
        supply = self._supply()
        next(supply)
        started = False
        async for data in sound:
            with self._lock:
                self._waiting += data
            if not started:
                # Not before there is something to play: an open device that is silent is a device that others cannot have.
                self._device.start(supply)
                started = True
            await self._until(lambda: len(self._waiting) < LONGEST_WAITING_SECONDS * RATE_HZ * BYTES_PER_SAMPLE)
        if started:
            # The last sound has been heard when so much silence has been taken after it that the device's buffer has gone round.
            heard_bytes = round((PERIODS + 1) * PERIOD_SECONDS * RATE_HZ) * BYTES_PER_SAMPLE
            await self._until(lambda: len(self._waiting) < BYTES_PER_SAMPLE and self._silence_bytes >= heard_bytes)

    async def _until(self, reached: Callable[[], bool]) -> None:
        while True:
            self._taken.clear()
            with self._lock:
                if reached():
                    return
                if self._stopped:
                    raise CommandFailed("The audio device has gone away. Write a file instead: -o speech.mp3")
            await self._taken.wait()

    def _supply(self) -> Generator[bytes, int, None]:
        """Runs in the device's thread: is sent the number of samples that are due and yields them, silence where there are none."""
        due = yield b""
        while True:
            wanted_bytes = due * BYTES_PER_SAMPLE
            with self._lock:
                # A sample may have been cut in two by the network.
                count = min(wanted_bytes, len(self._waiting) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE)
                data = bytes(self._waiting[:count])
                del self._waiting[:count]
                self._silence_bytes = (0 if count else self._silence_bytes) + wanted_bytes - count
            self._tell()
            due = yield data + bytes(wanted_bytes - count)

    def _on_stop(self) -> None:
        self._stopped = True
        self._tell()

    def _tell(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._taken.set)


@contextmanager
def open_player(backends: list[Any] | None = None) -> Iterator[Player]:
    """Open the usual audio device; raises CommandFailed when there is none. To be called in the event loop.

    backends: of miniaudio, the first that works is taken; None for the usual ones of this system.
    """
    with open_device(backends) as device:
        yield Player(device)


@contextmanager
def open_device(backends: list[Any] | None = None) -> Iterator[Any]:
    """The usual audio device of miniaudio, open and silent."""
    import miniaudio

    try:
        with _sound_libraries_hushed():
            device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=RATE_HZ,
                buffersize_msec=round(PERIOD_SECONDS * 1000),
                callback_periods=PERIODS,
                backends=backends,
                app_name="Voxhelm",
            )
    except miniaudio.MiniaudioError as error:
        raise _no_device() from error
    with device:
        # Without a sound system miniaudio plays to nobody, unless that is what was asked for.
        if backends is None and device.backend == NULL_BACKEND:
            raise _no_device()
        yield device


def _no_device() -> CommandFailed:
    return CommandFailed("There is no audio device to play on. Write a file instead: -o speech.mp3")


@contextmanager
def _sound_libraries_hushed() -> Iterator[None]:
    """ALSA writes a page of complaints to stderr, past Python, on a machine without a sound card."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
