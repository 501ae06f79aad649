"""What a caller hears, at the pace of time."""

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from numpy.typing import NDArray

from voxhelm.webrtc.opus_encoder import OpusEncoder
from voxhelm.webrtc.opus_packet import CLOCK_HZ
from voxhelm.webrtc.playout import FRAME_SAMPLES, FRAME_SECONDS, RATE_HZ

_TICKS_PER_FRAME: Final = FRAME_SAMPLES * CLOCK_HZ // RATE_HZ
_MOST_BEHIND_SECONDS: Final = 0.1
_SILENCE: Final = np.zeros(FRAME_SAMPLES, dtype=np.int16)


class SoundTrack(MediaStreamTrack):
    """Asks for a frame every 20 ms and gives it, encoded, to whoever sends it."""

    kind = "audio"

    def __init__(self, next_frame: Callable[[float], NDArray[np.int16] | None]) -> None:
        """next_frame: given the loop's time, 20 ms of sound at 24 kHz, or None for silence."""
        super().__init__()
        self._next_frame = next_frame
        self._encoder = OpusEncoder()
        self._due_seconds: float | None = None
        self._ticks = 0

    async def recv(self) -> Any:
        """The next packet, when it is due."""
        loop = asyncio.get_running_loop()
        if self._due_seconds is None:
            self._due_seconds = loop.time()
        wait_seconds = self._due_seconds - loop.time()
        if wait_seconds < -_MOST_BEHIND_SECONDS:
            # The loop was busy. A hole is told to the other side as one; sending faster to make up for it would be a delay that stays.
            missed = int(-wait_seconds / FRAME_SECONDS)
            self._due_seconds += missed * FRAME_SECONDS
            self._ticks += missed * _TICKS_PER_FRAME
        await asyncio.sleep(max(0.0, self._due_seconds - loop.time()))
        if self.readyState != "live":
            raise MediaStreamError
        frame = self._next_frame(loop.time())
        packet = av.Packet(self._encoder.encode(_SILENCE if frame is None else frame))
        packet.time_base = Fraction(1, CLOCK_HZ)
        packet.pts = self._ticks
        self._ticks += _TICKS_PER_FRAME
        self._due_seconds += FRAME_SECONDS
        return packet
