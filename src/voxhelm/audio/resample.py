"""Another sample rate, as a stream."""

from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from voxhelm.domain.pcm import Pcm


class Resampler:
    """Changes the rate of one continuous sound, piece by piece. One thread at a time.

    The pieces that come out, put together, do not depend on how the sound was cut into pieces going in.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Prepare to turn sound at `from_hz` into sound at `to_hz`. Equal rates pass through untouched."""
        if from_hz <= 0 or to_hz <= 0:
            raise ValueError(f"sample rates are positive, not {from_hz} and {to_hz}")
        self.from_hz = from_hz
        self.to_hz = to_hz
        # In floats: with 16-bit output soxr adds dither that depends on how the sound was cut, and silence would hiss.
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")

    def push(self, pcm: Pcm) -> Pcm:
        """Give the next piece, at `from_hz`; return what is ready, at `to_hz`, which may be nothing yet."""
        if pcm.rate_hz != self.from_hz:
            raise ValueError(f"this resampler takes {self.from_hz} Hz, not {pcm.rate_hz} Hz")
        if self._stream is None:
            return pcm
        return self._to_pcm(self._stream.resample_chunk(pcm.samples.astype(np.float32)))

    def finish(self) -> Pcm:
        """Return what is left. The sound is over: the next piece pushed begins another one."""
        if self._stream is None:
            return Pcm(np.empty(0, dtype=np.int16), self.to_hz)
        tail = self._to_pcm(self._stream.resample_chunk(np.empty(0, dtype=np.float32), last=True))
        self._stream.clear()
        return tail

    def _to_pcm(self, samples: NDArray[np.float32]) -> Pcm:
        # A wave that touched full scale may overshoot it after filtering: it is cut off there, since wrapping round would crack.
        return Pcm(np.clip(np.rint(samples), -32768, 32767).astype(np.int16), self.to_hz)


def resampled(pcm: Pcm, rate_hz: int, *, chunk_seconds: float = 0.5) -> Iterator[Pcm]:
    """Sound that is there as a whole, at another rate, in chunks of about so long; nothing for no sound."""
    resampler = Resampler(pcm.rate_hz, rate_hz)
    step = max(1, round(chunk_seconds * pcm.rate_hz))
    for start in range(0, len(pcm.samples), step):
        piece = resampler.push(Pcm(pcm.samples[start : start + step], pcm.rate_hz))
        if len(piece.samples):
            yield piece
    tail = resampler.finish()
    if len(tail.samples):
        yield tail
