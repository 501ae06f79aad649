"""Decoded frames of any layout to one channel of 16 bits."""

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from voxhelm.domain.errors import AudioUnreadable

# Nobody records speech outside these. A file that claims 1 Hz would turn each of its bytes into kilobytes.
_LOWEST_HZ = 4_000
_HIGHEST_HZ = 384_000


def require_possible_rate(rate_hz: int) -> None:
    """Raise AudioUnreadable for a rate at which nobody records speech."""
    if not _LOWEST_HZ <= rate_hz <= _HIGHEST_HZ:
        raise AudioUnreadable(f"The audio claims {rate_hz} samples a second, which is not possible.", param="file")


class Downmixer:
    """Turns frames into mono samples at the frames' own rate. One thread at a time."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._graph_is_for: tuple[str, str, int] | None = None

    def mix(self, frame: av.AudioFrame) -> NDArray[np.int16]:
        """The samples of `frame`, shape (n,). The format may change from frame to frame.

        Raises AudioUnreadable when its rate or channels make no sense.
        """
        require_possible_rate(frame.sample_rate)
        if frame.layout.nb_channels == 1 and frame.format.name in ("s16", "s16p"):
            return np.asarray(frame.to_ndarray()[0], dtype=np.int16)
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._graph is None or kind != self._graph_is_for:
            self._graph = _mono_graph(frame)
            self._graph_is_for = kind
        frame.pts = None  # times are counted in samples here, and damaged stamps confuse filters
        try:
            self._graph.push(frame)
            mixed = self._graph.pull()
        except av.FFmpegError as error:
            raise AudioUnreadable("The audio is damaged: a part of it cannot be mixed.", param="file") from error
        return np.asarray(mixed.to_ndarray()[0], dtype=np.int16)


def _mono_graph(frame: av.AudioFrame) -> Graph:
    channels = frame.layout.nb_channels
    graph = Graph()
    graph.threads = 1  # by default a filter graph starts a thread per processor, which costs more than mixing
    source = graph.add(
        "abuffer",
        sample_rate=str(frame.sample_rate),
        sample_fmt=frame.format.name,
        channel_layout=frame.layout.name,
        time_base=f"1/{frame.sample_rate}",
    )
    # 16 bits out: only then does FFmpeg scale the sum of the channels so that it cannot clip.
    mono = graph.add("aformat", sample_fmts="s16", channel_layouts="mono")
    sink = graph.add("abuffersink")
    try:
        if _is_anonymous(frame.layout.name):
            # Nobody says which channel is where; FFmpeg would guess, and drop one of three as the bass.
            mean = graph.add("pan", "mono|c0<" + "+".join(f"c{index}" for index in range(channels)))
            source.link_to(mean)
            mean.link_to(mono)
        else:
            source.link_to(mono)
        mono.link_to(sink)
        graph.configure()
    except av.FFmpegError as error:
        raise AudioUnreadable(f"The audio has {channels} channels, which cannot be mixed into one.", param="file") from error
    return graph


def _is_anonymous(layout: str) -> bool:
    return layout.endswith(" channels") or layout.startswith("ambisonic")
