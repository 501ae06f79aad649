"""PCM to the bytes of a format, as a stream."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import av
import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.formats import AudioFormat
from voxhelm.audio.resample import Resampler
from voxhelm.domain.pcm import Pcm


class Encoder:
    """Encodes one continuous sound. One thread at a time; the work runs without the interpreter's lock.

    Leaving the context, or `close`, frees everything at once, however far the sound had come.
    """

    def __init__(self, format: AudioFormat, rate_hz: int) -> None:
        """Prepare to encode sound at `rate_hz`. A codec that does not know this rate gets the nearest one above that it knows."""
        self.format = format
        self.rate_hz = rate_hz
        self._body: _Body | None
        match format:
            case AudioFormat.PCM:
                self._body = _Plain(b"")
            case AudioFormat.WAV:
                self._body = _Plain(_wav_header(rate_hz))
            case _:
                self._body = _Compressed(_RECIPES[format], rate_hz)

    def encode(self, pcm: Pcm) -> bytes:
        """Give the next piece, of any length, at `rate_hz`; return the bytes that are ready, which may be none yet."""
        if pcm.rate_hz != self.rate_hz:
            raise ValueError(f"this encoder takes {self.rate_hz} Hz, not {pcm.rate_hz} Hz")
        return self._open_body().encode(pcm)

    def finish(self) -> bytes:
        """Return the last bytes and close."""
        data = self._open_body().finish()
        self.close()
        return data

    def close(self) -> None:
        """Free everything. Bytes not yet returned are lost; closing again does nothing."""
        if self._body is not None:
            self._body.close()
            self._body = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _open_body(self) -> "_Body":
        if self._body is None:
            raise ValueError("the encoder is closed")
        return self._body


class _Body(Protocol):
    def encode(self, pcm: Pcm) -> bytes: ...
    def finish(self) -> bytes: ...
    def close(self) -> None: ...


class _Plain:
    """Bare samples after a header."""

    def __init__(self, header: bytes) -> None:
        self._header = header

    def encode(self, pcm: Pcm) -> bytes:
        header, self._header = self._header, b""
        return header + pcm.to_bytes()

    def finish(self) -> bytes:
        header, self._header = self._header, b""
        return header

    def close(self) -> None:
        self._header = b""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How FFmpeg makes a format. `sample_format` is one the codec takes; with one channel planar and packed are the same bytes."""

    container: str
    codec: str
    sample_format: str
    bits_per_second: int | None = None
    container_options: dict[str, str] = field(default_factory=dict)
    codec_options: dict[str, str] = field(default_factory=dict)


_RECIPES = {
    # No Xing and no ID3 header: the first is written by seeking back, which a stream cannot, the second is no sound.
    # LAME's level 7 at 80 kb/s costs three fifths of its own level at 64 kb/s and comes nearer to what went in.
    AudioFormat.MP3: _Recipe(
        "mp3", "libmp3lame", "s16p", 80_000, {"write_xing": "0", "id3v2_version": "0"}, {"compression_level": "7"}
    ),
    # Pages of a tenth of a second: the muxer keeps one page back, and its own length of a second would hold up the first sound.
    AudioFormat.OPUS: _Recipe("ogg", "libopus", "s16", 32_000, {"page_duration": "100000"}, {"application": "audio"}),
    # At this rate the fast coder comes nearer to what went in than the default, for less than half of the work.
    AudioFormat.AAC: _Recipe("adts", "aac", "fltp", 64_000, codec_options={"aac_coder": "fast"}),
    AudioFormat.FLAC: _Recipe("flac", "flac", "s16"),
}


class _Compressed:
    """A codec and a container of FFmpeg that write into memory."""

    def __init__(self, recipe: _Recipe, rate_hz: int) -> None:
        self._sink = _Sink()
        codec_hz = _codec_rate_hz(av.Codec(recipe.codec, "w").audio_rates, rate_hz)
        self._resampler = Resampler(rate_hz, codec_hz)
        self._container = av.open(self._sink, "w", format=recipe.container, container_options=recipe.container_options)
        stream: Any = self._container.add_stream(recipe.codec, rate=codec_hz, options=recipe.codec_options)
        context = stream.codec_context
        context.layout = "mono"
        context.format = recipe.sample_format
        context.thread_count = 1  # a stream is fast enough on one; the server's parallelism is between streams
        if recipe.bits_per_second is not None:
            context.bit_rate = recipe.bits_per_second
        self._container.start_encoding()
        self._stream = stream
        self._context = context
        self._sample_format = recipe.sample_format
        self._frame_samples: int = context.frame_size
        self._waiting: NDArray[np.int16] = np.empty(0, dtype=np.int16)  # less than a frame
        self._samples_sent = 0

    def encode(self, pcm: Pcm) -> bytes:
        samples = self._resampler.push(pcm).samples
        self._send_whole_frames(samples)
        return self._sink.take()

    def finish(self) -> bytes:
        self._send_whole_frames(self._resampler.finish().samples)
        if len(self._waiting):
            self._send(self._frame(self._waiting))  # a codec takes one short frame, the last
        self._send(None)
        self._container.close()
        return self._sink.take()

    def close(self) -> None:
        self._container.close()
        self._sink.take()
        # The codec's memory goes with the last reference to it.
        self._stream = self._context = None

    def _send_whole_frames(self, samples: NDArray[np.int16]) -> None:
        samples = np.concatenate((self._waiting, samples)) if len(self._waiting) else samples
        whole = len(samples) - len(samples) % self._frame_samples
        for start in range(0, whole, self._frame_samples):
            self._send(self._frame(samples[start : start + self._frame_samples]))
        self._waiting = samples[whole:].copy()  # a view would keep the caller's whole piece alive

    def _frame(self, samples: NDArray[np.int16]) -> av.AudioFrame:
        plane = samples.astype(np.float32) / 32768 if self._sample_format == "fltp" else np.ascontiguousarray(samples)
        frame = av.AudioFrame.from_ndarray(plane.reshape(1, -1), format=self._sample_format, layout="mono")
        frame.sample_rate = self._context.sample_rate
        frame.time_base = self._context.time_base
        frame.pts = self._samples_sent
        self._samples_sent += len(samples)
        return frame

    def _send(self, frame: av.AudioFrame | None) -> None:
        # Not the public `encode`: it cuts frames with a filter graph, which starts a thread per processor for every stream.
        # The frames here have the codec's own length already.
        packets: Iterator[Any] = self._context._send_frame_and_recv(frame)  # noqa: SLF001
        for packet in packets:
            packet.stream = self._stream
            packet.time_base = self._context.time_base
            self._container.mux_one(packet)


class _Sink:
    """What FFmpeg writes into: no seek, so that it cannot wait for the end to go back and fill in a header."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(data)
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data


def _codec_rate_hz(known_hz: list[int] | None, wanted_hz: int) -> int:
    if not known_hz or wanted_hz in known_hz:
        return wanted_hz
    above = [rate for rate in known_hz if rate > wanted_hz]
    return min(above) if above else max(known_hz)


def _wav_header(rate_hz: int) -> bytes:
    # The length is unknown while streaming; players read 0xFFFFFFFF as "until the end".
    unknown = 0xFFFFFFFF
    channels, sample_bytes = 1, 2
    layout = struct.pack(
        "<HHIIHH", 1, channels, rate_hz, rate_hz * channels * sample_bytes, channels * sample_bytes, 8 * sample_bytes
    )
    return (
        b"RIFF"
        + struct.pack("<I", unknown)
        + b"WAVEfmt "
        + struct.pack("<I", len(layout))
        + layout
        + b"data"
        + struct.pack("<I", unknown)
    )
