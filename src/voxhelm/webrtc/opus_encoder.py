"""Sound into Opus packets for a voice over a network that loses some."""

from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from voxhelm.webrtc.playout import FRAME_SAMPLES, RATE_HZ

_BITS_PER_SECOND: Final = 32_000
_OPTIONS: Final = {
    "application": "voip",
    "frame_duration": "20",
    # Each packet carries a small copy of the one before it, as if a tenth of them were lost; without an expectation libopus adds none.
    "fec": "1",
    "packet_loss": "10",
    # Of 10, which costs a third more.
    "compression_level": "5",
}


class OpusEncoder:
    """Encodes one sound, mono at 24 kHz, frames of 20 ms in, one packet out for each."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("libopus", "w")
        context.bit_rate = _BITS_PER_SECOND
        context.format = "s16"
        context.layout = "mono"
        context.sample_rate = RATE_HZ
        context.options = dict(_OPTIONS)
        context.open()
        self._context = context
        self._samples_sent = 0

    def encode(self, samples: NDArray[np.int16]) -> bytes:
        """samples: shape (480,)."""
        if samples.shape != (FRAME_SAMPLES,):
            raise ValueError(f"a frame is {FRAME_SAMPLES} samples, not of shape {samples.shape}")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.time_base = self._context.time_base
        frame.pts = self._samples_sent
        self._samples_sent += len(samples)
        # Not the public `encode`: it cuts frames with a filter graph, which starts a thread per processor for every stream.
        packets = [bytes(packet) for packet in self._context._send_frame_and_recv(frame)]  # noqa: SLF001
        if len(packets) != 1:
            raise RuntimeError(f"libopus made {len(packets)} packets of a frame")
        return packets[0]
