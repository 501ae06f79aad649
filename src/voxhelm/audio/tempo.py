"""Another pace at the same pitch, as a stream."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import numpy as np

from voxhelm.domain.pcm import Pcm

# One filter does not go slower than this; two of them in a row do.
SLOWEST_AT_ONCE: Final = 0.5


class Tempo:
    """Plays one continuous sound `factor` times as fast, piece by piece, by FFmpeg's `atempo`. One thread at a time."""

    def __init__(self, factor: float, rate_hz: int) -> None:
        """factor: 0.25 to 100; 2.0 takes half the time."""
        if not SLOWEST_AT_ONCE**2 <= factor <= 100:
            raise ValueError(f"sound can be played 0.25 to 100 times as fast, not {factor} times")
        self._rate_hz = rate_hz
        self._pushed_samples = 0
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(sample_rate=rate_hz, format="s16", layout="mono", time_base=Fraction(1, rate_hz))
        stages = [factor] if factor >= SLOWEST_AT_ONCE else [SLOWEST_AT_ONCE, factor / SLOWEST_AT_ONCE]
        filters = [self._graph.add("atempo", f"{stage:.6f}") for stage in stages]
        self._graph.link_nodes(source, *filters, self._graph.add("abuffersink")).configure()

    def push(self, pcm: Pcm) -> Iterator[Pcm]:
        """Give the next piece; yield what is ready, which may be nothing yet."""
        if pcm.rate_hz != self._rate_hz:
            raise ValueError(f"this sound is at {self._rate_hz} Hz, not at {pcm.rate_hz} Hz")
        if len(pcm.samples) == 0:
            return  # FFmpeg takes no empty frames
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.samples[np.newaxis, :]), format="s16", layout="mono")
        frame.sample_rate = self._rate_hz
        frame.pts = self._pushed_samples
        frame.time_base = Fraction(1, self._rate_hz)
        self._pushed_samples += len(pcm.samples)
        self._graph.push(frame)
        yield from self._ready()

    def finish(self) -> Iterator[Pcm]:
        """Yield what is left. The sound is over."""
        self._graph.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[Pcm]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, av.AudioFrame)  # noqa: S101 - the graph has one sink, for sound
            yield Pcm(frame.to_ndarray().reshape(-1).astype(np.int16, copy=False), self._rate_hz)


def at_tempo(sound: Iterator[Pcm], factor: float) -> Iterator[Pcm]:
    """`sound`, at one rate throughout, played `factor` times as fast. 1.0 passes it through untouched."""
    tempo: Tempo | None = None
    for pcm in sound:
        if factor == 1.0:
            yield pcm
            continue
        tempo = tempo or Tempo(factor, pcm.rate_hz)
        yield from tempo.push(pcm)
    if tempo is not None:
        yield from tempo.finish()
