"""From pieces of speech to the bytes of a format."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.audio.resample import Resampler
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.progress import Progress

OUTPUT_RATE_HZ: Final = 24_000
"""What OpenAI's pcm is, and what lossy formats are at."""
KEEPS_RATE: Final = frozenset({AudioFormat.WAV, AudioFormat.FLAC})
"""Formats that say their rate and hold the very samples they are given: these stay as the engine made them."""
LEAST_KEPT_HZ: Final = 16_000
"""Below it a voice is one of the telephone's, and another that joins it in the same file should not have to sound so."""


class EncodingChain:
    """Joins, resamples and encodes; compression runs beside the event loop, in the threads it is given."""

    def __init__(self, audio_format: AudioFormat, progress: Progress, threads: Executor) -> None:
        """progress: counts the seconds of sound that have gone in."""
        self._progress = progress
        self._threads = threads
        self._format = audio_format
        self._encoder: Encoder | None = None
        self._resampler: Resampler | None = None
        # For these a thread would cost more than the work.
        self._cheap = audio_format in (AudioFormat.PCM, AudioFormat.WAV)
        # A caller that leaves does not stop a thread, and an encoder must not be closed under one that uses it.
        self._in_use = threading.Lock()

    async def push(self, make: Callable[[], Sequence[Pcm]]) -> bytes:
        """Encode the next pieces, which are made beside the event loop, too; their rate may change, as it does between engines."""
        return await self._run(lambda: self._push(make))

    async def finish(self) -> bytes:
        """What is still inside."""
        return await self._run(self._finish)

    def close(self) -> None:
        """Free the encoder, waiting for the milliseconds that a thread still needs it."""
        with self._in_use:
            self._open_encoder(OUTPUT_RATE_HZ).close()

    async def _run(self, work: Callable[[], bytes]) -> bytes:
        return work() if self._cheap else await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _push(self, make: Callable[[], Sequence[Pcm]]) -> bytes:
        with self._in_use:
            return b"".join(
                self._encode(rate_hz, np.concatenate([pcm.samples for pcm in run]))
                for rate_hz, run in groupby(make(), key=lambda pcm: pcm.rate_hz)
            )

    def _encode(self, rate_hz: int, samples: NDArray[np.int16]) -> bytes:
        pcm = Pcm(samples, rate_hz)
        self._progress.audio_seconds += pcm.duration_seconds
        kept = self._format in KEEPS_RATE and rate_hz >= LEAST_KEPT_HZ
        encoder = self._open_encoder(rate_hz if kept else OUTPUT_RATE_HZ)
        before = b""
        if self._resampler is None or self._resampler.from_hz != rate_hz:
            before = self._drained(encoder)
            self._resampler = Resampler(rate_hz, encoder.rate_hz)
        return before + encoder.encode(self._resampler.push(pcm))

    def _finish(self) -> bytes:
        with self._in_use:
            encoder = self._open_encoder(OUTPUT_RATE_HZ)
            return self._drained(encoder) + encoder.finish()

    def _drained(self, encoder: Encoder) -> bytes:
        return encoder.encode(self._resampler.finish()) if self._resampler is not None else b""

    def _open_encoder(self, rate_hz: int) -> Encoder:
        """The encoder; its rate is that of the first call."""
        if self._encoder is None:
            self._encoder = Encoder(self._format, rate_hz)
        return self._encoder
