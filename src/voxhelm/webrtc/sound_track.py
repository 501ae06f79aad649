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
from voxhelm.webrtc.pace import Pace
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
        self._pace = Pace(frame_seconds=FRAME_SECONDS, frame_ticks=_TICKS_PER_FRAME, most_behind_seconds=_MOST_BEHIND_SECONDS)

    async def recv(self) -> Any:
        """The next packet, when it is due."""
        loop = asyncio.get_running_loop()
        due_seconds, ticks = self._pace.next(loop.time())
        await asyncio.sleep(max(0.0, due_seconds - loop.time()))
        if self.readyState != "live":
            raise MediaStreamError
        frame = self._next_frame(loop.time())
        packet = av.Packet(self._encoder.encode(_SILENCE if frame is None else frame))
        packet.time_base = Fraction(1, CLOCK_HZ)
        packet.pts = ticks
        return packet
