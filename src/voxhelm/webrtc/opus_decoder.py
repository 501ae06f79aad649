"""Opus packets, and the lack of them, into sound."""

import ctypes
from typing import Any, Final, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.resample import Resampler
from voxhelm.domain.pcm import Pcm
from voxhelm.webrtc.opus_library import loaded_libopus
from voxhelm.webrtc.opus_packet import CLOCK_HZ, duration_samples

RATE_HZ: Final = 24_000
_CLOCK_PER_SAMPLE: Final = CLOCK_HZ // RATE_HZ
_LONGEST_SAMPLES: Final = RATE_HZ * 120 // 1_000
_STEP_SAMPLES: Final = RATE_HZ * 5 // 2_000  # 2.5 ms, what all lengths of Opus are multiples of
_CODE: Final = 0b11


class OpusDecoder(Protocol):
    """Decodes one sender's packets in order, at 24 kHz mono. Lengths are in samples at 24 kHz, at most 120 ms."""

    def decode(self, payload: bytes) -> NDArray[np.int16]:
        """The sound of a packet; of a damaged one, what `conceal` gives."""
        ...

    def recover(self, next_payload: bytes, samples: int) -> NDArray[np.int16]:
        """The sound of a lost packet, from the copy that its successor may carry. The successor is decoded after it."""
        ...

    def conceal(self, samples: int) -> NDArray[np.int16]:
        """Sound that fits what came before, and fades when it goes on."""
        ...

    def close(self) -> None:
        """Free its memory."""
        ...


def opus_decoder() -> OpusDecoder:
    """The best one to be had here."""
    library = loaded_libopus()
    return FfmpegOpusDecoder() if library is None else NativeOpusDecoder(library)


class NativeOpusDecoder:
    """libopus, called directly."""

    def __init__(self, library: ctypes.CDLL) -> None:
        error = ctypes.c_int(0)
        self._library: Any = library
        self._state = library.opus_decoder_create(RATE_HZ, 1, ctypes.byref(error))
        if not self._state:
            raise MemoryError(f"libopus made no decoder: error {error.value}")
        self._sound = np.empty(_LONGEST_SAMPLES, dtype=np.int16)

    def decode(self, payload: bytes) -> NDArray[np.int16]:
        """As the protocol says."""
        sound = self._call(payload, _LONGEST_SAMPLES, copy_of_the_one_before=False)
        return self.conceal(duration_samples(payload) // _CLOCK_PER_SAMPLE) if sound is None else sound

    def recover(self, next_payload: bytes, samples: int) -> NDArray[np.int16]:
        """As the protocol says. Without a copy in the packet it is what `conceal` gives: libopus sees to that."""
        sound = self._call(next_payload, _whole_steps(samples), copy_of_the_one_before=True)
        return self.conceal(samples) if sound is None else sound[:samples]

    def conceal(self, samples: int) -> NDArray[np.int16]:
        """As the protocol says."""
        sound = self._call(None, _whole_steps(samples), copy_of_the_one_before=False)
        return np.zeros(samples, dtype=np.int16) if sound is None else sound[:samples]

    def close(self) -> None:
        """As the protocol says."""
        if self._state:
            self._library.opus_decoder_destroy(self._state)
            self._state = None

    def __del__(self) -> None:
        self.close()

    def _call(self, payload: bytes | None, samples: int, *, copy_of_the_one_before: bool) -> NDArray[np.int16] | None:
        if not self._state:
            raise ValueError("the decoder is closed")
        count = self._library.opus_decode(
            self._state,
            payload,
            0 if payload is None else len(payload),
            self._sound.ctypes.data,
            samples,
            int(copy_of_the_one_before),
        )
        return self._sound[:count].copy() if count >= 0 else None


class FfmpegOpusDecoder:
    """libopus behind FFmpeg's interface, which knows no copies of lost packets and 48 kHz only."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("libopus", "r")
        context.format = "s16"
        context.layout = "mono"
        context.sample_rate = CLOCK_HZ
        self._context = context
        self._resampler = Resampler(CLOCK_HZ, RATE_HZ)
        self._contents_byte: int | None = None

    def decode(self, payload: bytes) -> NDArray[np.int16]:
        """As the protocol says."""
        samples = duration_samples(payload) // _CLOCK_PER_SAMPLE
        sound = self._call(payload)
        if sound is None:
            return self.conceal(samples)
        self._contents_byte = payload[0]
        return self._at_our_rate(sound)

    def recover(self, next_payload: bytes, samples: int) -> NDArray[np.int16]:  # noqa: ARG002
        """As the protocol says, without the copy."""
        return self.conceal(samples)

    def conceal(self, samples: int) -> NDArray[np.int16]:
        """As the protocol says."""
        wanted = samples * _CLOCK_PER_SAMPLE
        if self._contents_byte is None:
            return self._at_our_rate(np.zeros(wanted, dtype=np.int16))
        # A frame of no bytes is how a sender says that it sends none, and libopus makes up sound in its place as for a lost one.
        empty_frame = bytes([self._contents_byte & ~_CODE])
        parts = []
        missing = wanted
        while missing > 0:
            part = self._call(empty_frame)
            if part is None or not len(part):
                part = np.zeros(missing, dtype=np.int16)
            parts.append(part[:missing])
            missing -= len(parts[-1])
        return self._at_our_rate(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int16)

    def close(self) -> None:
        """As the protocol says."""
        self._context = None

    def _call(self, payload: bytes) -> NDArray[np.int16] | None:
        if self._context is None:
            raise ValueError("the decoder is closed")
        try:
            frames = self._context.decode(av.Packet(payload))
        except av.FFmpegError:
            return None
        sounds = [frame.to_ndarray().reshape(-1) for frame in frames]
        return np.concatenate(sounds) if sounds else np.empty(0, dtype=np.int16)

    def _at_our_rate(self, sound: NDArray[np.int16]) -> NDArray[np.int16]:
        return self._resampler.push(Pcm(sound, CLOCK_HZ)).samples


def _whole_steps(samples: int) -> int:
    return min(_LONGEST_SAMPLES, -(-samples // _STEP_SAMPLES) * _STEP_SAMPLES)
