"""G.711, the sound of telephones: 8 kHz, a byte a sample."""

from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.prompt_resample import PromptResampler
from voxhelm.domain.pcm import Pcm

Law = Literal["mulaw", "alaw"]

LINE_RATE_HZ: Final = 8_000
RATE_HZ: Final = 24_000
# Source of both laws: ITU-T G.711 (11/1988), as in the reference program of G.191, for 16-bit samples.
_MULAW_BIAS: Final = 33


class G711Decoder:
    """A telephone's bytes to sound at 24 kHz, piece by piece. One thread at a time."""

    def __init__(self, law: Law) -> None:
        """law: mulaw in North America and Japan, alaw elsewhere."""
        self._samples = decoding_table(law)
        self._resampler = PromptResampler(LINE_RATE_HZ, RATE_HZ)

    def push(self, data: bytes) -> Pcm:
        """The sound that is ready, at 24 kHz; the last 2 ms come with the next piece."""
        return self._resampler.push(Pcm(self._samples[np.frombuffer(data, dtype=np.uint8)], LINE_RATE_HZ))

    def finish(self) -> Pcm:
        """What was kept back. The next piece begins another sound."""
        return self._resampler.finish()


class G711Encoder:
    """Sound at 24 kHz to a telephone's bytes, piece by piece. One thread at a time."""

    def __init__(self, law: Law) -> None:
        """law: as of `G711Decoder`."""
        self._codes = encoding_table(law)
        self._resampler = PromptResampler(RATE_HZ, LINE_RATE_HZ)

    def push(self, pcm: Pcm) -> bytes:
        """The bytes that are ready."""
        return self._encoded(self._resampler.push(pcm))

    def finish(self) -> bytes:
        """What was kept back. The next piece begins another sound."""
        return self._encoded(self._resampler.finish())

    def _encoded(self, pcm: Pcm) -> bytes:
        return self._codes[pcm.samples.view(np.uint16)].tobytes()


@cache
def decoding_table(law: Law) -> NDArray[np.int16]:
    """The 16-bit sample of each code."""
    codes = np.arange(256)
    if law == "mulaw":
        inverted = ~codes & 0xFF
        exponent, mantissa = inverted >> 4 & 7, inverted & 15
        magnitude = (((2 * mantissa + _MULAW_BIAS) << exponent) - _MULAW_BIAS) << 2
        positive = codes >= 128
    else:
        toggled = codes ^ 0x55
        exponent, mantissa = toggled >> 4 & 7, toggled & 15
        # The two lowest segments are equally fine.
        magnitude = (2 * mantissa + 1 + 32 * (exponent > 0) << np.maximum(exponent - 1, 0)) << 3
        positive = toggled >= 128
    return np.where(positive, magnitude, -magnitude).astype(np.int16)


@cache
def encoding_table(law: Law) -> NDArray[np.uint8]:
    """The code of each 16-bit sample, by the sample's bits as an unsigned number."""
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    positive = samples >= 0
    # The negative half mirrors the positive one about -1/2, so that both have as many samples.
    magnitude = np.where(positive, samples, ~samples)
    if law == "mulaw":
        biased = np.minimum((magnitude >> 2) + _MULAW_BIAS, 8_191)
        exponent = np.frexp(biased)[1] - 6
        codes = ~(exponent << 4 | biased >> (exponent + 1) & 15 | np.where(positive, 0, 128))
    else:
        shifted = magnitude >> 4
        exponent = np.maximum(np.frexp(shifted)[1] - 4, 0)
        mantissa = shifted >> np.maximum(exponent - 1, 0) & 15
        codes = (exponent << 4 | mantissa | np.where(positive, 128, 0)) ^ 0x55
    made: NDArray[np.uint8] = (codes & 0xFF).astype(np.uint8)
    return made
