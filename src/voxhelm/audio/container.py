"""Opening a stranger's file without letting it reach for anything else."""

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import av
import av.container

from voxhelm.audio.sniff import describe
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioUnreadable

# FFmpeg's demuxers that hold sound and cannot name other files. What is missing is missing on purpose: concat, hls, dash, sdp, rtsp,
# image sequences, subtitles, lavfi, raw samples (which would accept any bytes).
_CONTAINERS = (
    "aac", "ac3", "aiff", "amr", "amrnb", "amrwb", "asf", "au", "avi", "caf", "eac3", "flac", "flv", "loas", "matroska", "webm",
    "mov", "mp4", "m4a", "3gp", "mp3", "mpeg", "mpegts", "ogg", "voc", "w64", "wav", "wv",
)  # fmt: skip

# FFmpeg's decoders that may be opened. No video decoder is: an upload's pictures are never decoded, not even to probe the file.
_CODECS = frozenset((
    "aac", "aac_fixed", "aac_latm", "ac3", "ac3_fixed", "adpcm_g722", "adpcm_g726", "adpcm_g726le", "adpcm_ima_qt", "adpcm_ima_wav",
    "adpcm_ms", "adpcm_swf", "adpcm_yamaha", "alac", "amrnb", "amrwb", "dca", "eac3", "flac", "g722", "g726", "g726le", "gsm",
    "gsm_ms", "libopencore_amrnb", "libopencore_amrwb", "libopus", "libspeex", "libvorbis", "mp1", "mp1float", "mp2", "mp2float",
    "mp3", "mp3float", "nellymoser", "opus", "pcm_alaw", "pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_mulaw", "pcm_s16be",
    "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_s8", "pcm_u8", "speex", "vorbis", "wavpack", "wmalossless",
    "wmapro", "wmav1", "wmav2", "wmavoice",
))  # fmt: skip

# A film with subtitles and fonts has dozens; a hostile one may grow more while it is read, which PyAV does not reckon with.
_MOST_TRACKS = "100"

# One index of an MP4 takes 24 bytes for each packet: this is 16 hours of AAC. FFmpeg itself would follow a file of 1,500 bytes
# that claims 80 million packets and take 3 GB for them.
_LARGEST_BLOCK_BYTES = 64 << 20


@contextmanager
def open_audio(upload: Upload) -> Iterator[tuple[av.container.InputContainer, av.AudioStream]]:
    """Open `upload` and choose its audio track; leaving the context frees the container, not the file.

    Raises AudioUnreadable when the file is no audio or has no audio track that can be decoded.
    """
    _limit_blocks()
    try:
        # FFmpeg's messages go nowhere: PyAV drops them unless somebody turns them on.
        container = av.open(
            upload,
            "r",
            container_options={
                "format_whitelist": ",".join(_CONTAINERS),
                "codec_whitelist": ",".join(sorted(_CODECS)),
                "protocol_whitelist": "none",
                "max_streams": _MOST_TRACKS,
            },
            metadata_errors="replace",
            io_open=_refuse,
        )
    except av.FFmpegError as error:
        raise AudioUnreadable(
            f"This is not audio that can be read: it looks like {describe(upload.head)}.", param="file"
        ) from error
    with container:
        yield container, _audio_track(container)


def _audio_track(container: av.container.InputContainer) -> av.AudioStream:
    track = container.streams.best("audio")
    if not isinstance(track, av.AudioStream):
        held = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        raise AudioUnreadable(f"This {container.format.long_name} file has no audio track (it holds: {held}).", param="file")
    for stream in container.streams:
        if stream is not track:
            stream.discard = av.stream.Discard.all  # pictures are skipped over, not read
    codec = track.codec_context
    # A track FFmpeg has no decoder for has no context, whatever the type says.
    if codec is None or codec.name not in _CODECS:  # type: ignore[redundant-expr]
        name = "unknown" if codec is None else codec.name  # type: ignore[redundant-expr]
        raise AudioUnreadable(f"The audio is in a codec that is not supported ({name}).", param="file")
    codec.thread_count = 1  # audio decodes hundreds of times faster than it plays
    return track


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:  # noqa: ARG001 - PyAV's signature
    raise AudioUnreadable("This file asks for other files to be opened, which is refused.", param="file")


@functools.cache
def _limit_blocks() -> None:
    """Cap, for the whole process, what FFmpeg may allocate at once. Once, and not at import."""
    # PyAV does not expose this. Looking it up through PyAV's own module finds the FFmpeg that PyAV is linked to.
    ctypes.CDLL(av._core.__file__).av_max_alloc(ctypes.c_size_t(_LARGEST_BLOCK_BYTES))  # noqa: SLF001
