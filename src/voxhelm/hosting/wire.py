"""The messages between the server and a host, and their bytes: a 4-byte little-endian length, then msgpack.

Every stream (one call of an engine) has a number chosen by the server. Both directions are paced by credit: a side sends at most as many
items as the other has granted, so neither can flood the other.
"""

import struct
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from voxhelm.domain.activity import Activity
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, KnownSpeaker, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.domain.word import Word

HEADER: Final = struct.Struct("<I")
# Credit at the start of a stream, in items. An item is a piece of audio of about half a second, or a segment.
OUTPUT_WINDOW: Final = 32
INPUT_WINDOW: Final = 16
# A frame longer than this is damage, not data: ten minutes of 48 kHz sound are 58 MB.
LONGEST_FRAME_BYTES: Final = 64 * 1024 * 1024


class Load(msgspec.Struct, tag="load", array_like=True, frozen=True):
    """Server to host, first: what to load, where. `engine` is the registration, as `package.module:NAME`."""

    engine: str
    spec: ModelSpec
    placement: Placement


class Ready(msgspec.Struct, tag="ready", array_like=True, frozen=True):
    """Host to server: the model is loaded."""

    resident_bytes: int


class Synthesize(msgspec.Struct, tag="say", array_like=True, frozen=True):
    """Server to host: open a stream that speaks."""

    stream: int
    text: str
    options: SynthesizeOptions


class Transcribe(msgspec.Struct, tag="hear", array_like=True, frozen=True):
    """Server to host: open a stream that hears; `Feed` follows."""

    stream: int
    options: TranscribeOptions


class Detect(msgspec.Struct, tag="detect", array_like=True, frozen=True):
    """Server to host: open a stream that looks for speech; `Feed` follows."""

    stream: int


class Sample(msgspec.Struct, array_like=True, frozen=True):
    """A known speaker's voice, as it travels: `samples` as in `Feed`."""

    name: str
    samples: bytes
    rate_hz: int


class Diarize(msgspec.Struct, tag="diarize", array_like=True, frozen=True):
    """Server to host: open a stream that tells speakers apart; `Feed` follows."""

    stream: int
    known: tuple[Sample, ...]


class DetectLanguage(msgspec.Struct, tag="language", array_like=True, frozen=True):
    """Server to host: open a stream that tells which language is spoken; `Feed` follows."""

    stream: int
    languages: tuple[str, ...]


class Judge(msgspec.Struct, tag="judge", array_like=True, frozen=True):
    """Server to host: open a stream that tells whether a speaker is done; `Feed` follows."""

    stream: int


class Feed(msgspec.Struct, tag="feed", array_like=True, frozen=True):
    """Server to host: a piece of input; `samples` are little-endian int16, empty at the end of the input."""

    stream: int
    samples: bytes
    rate_hz: int


class Credit(msgspec.Struct, tag="credit", array_like=True, frozen=True):
    """Either way: the other side may send `items` more on this stream."""

    stream: int
    items: int


class Cancel(msgspec.Struct, tag="cancel", array_like=True, frozen=True):
    """Server to host: stop the work of this stream; it is still answered by `Done` or `Fault`."""

    stream: int


class Sound(msgspec.Struct, tag="sound", array_like=True, frozen=True):
    """Host to server: a piece of speech."""

    stream: int
    samples: bytes
    rate_hz: int
    words: tuple[Word, ...]


class Heard(msgspec.Struct, tag="heard", array_like=True, frozen=True):
    """Host to server: a segment of transcript."""

    stream: int
    segment: Segment


class Seen(msgspec.Struct, tag="seen", array_like=True, frozen=True):
    """Host to server: voice activity."""

    stream: int
    activity: Activity


class Took(msgspec.Struct, tag="took", array_like=True, frozen=True):
    """Host to server: somebody's turn."""

    stream: int
    turn: Turn


class Guessed(msgspec.Struct, tag="guessed", array_like=True, frozen=True):
    """Host to server: what language a stretch of speech may be in."""

    stream: int
    guess: LanguageGuess


class Judged(msgspec.Struct, tag="judged", array_like=True, frozen=True):
    """Host to server: whether a speaker is done."""

    stream: int
    guess: TurnGuess


class Done(msgspec.Struct, tag="done", array_like=True, frozen=True):
    """Host to server: the stream has ended well."""

    stream: int


class Fault(msgspec.Struct, tag="fault", array_like=True, frozen=True):
    """Host to server: the stream has failed. `kind` is the name of a class in `domain.errors`; stream 0 is the loading itself."""

    stream: int
    kind: str
    message: str
    param: str | None
    retry_after_seconds: float | None = None


FedCall = Transcribe | Detect | Diarize | DetectLanguage | Judge
Call = Synthesize | FedCall
Result = Sound | Heard | Seen | Took | Guessed | Judged
ToHost = Load | Call | Feed | Credit | Cancel
ToServer = Ready | Result | Credit | Done | Fault


def _to_builtin(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel between processes")


def _from_builtin(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(f"{kind.__name__} does not travel between processes")


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_builtin)
_host_decoder = msgspec.msgpack.Decoder(ToHost, dec_hook=_from_builtin)
_server_decoder = msgspec.msgpack.Decoder(ToServer, dec_hook=_from_builtin)


def diarize_call(stream: int, options: DiarizeOptions) -> Diarize:
    """The options of a diariser, as they travel."""
    known = tuple(Sample(one.name, one.sample.to_bytes(), one.sample.rate_hz) for one in options.known)
    return Diarize(stream, known)


def diarize_options(call: Diarize) -> DiarizeOptions:
    """The options as a diariser takes them."""
    return DiarizeOptions(tuple(KnownSpeaker(one.name, Pcm.from_bytes(one.samples, one.rate_hz)) for one in call.known))


def fault_of(stream: int, error: VoxhelmError) -> Fault:
    """An error of ours, as it travels."""
    return Fault(stream, type(error).__name__, error.message, error.param, error.retry_after_seconds)


def encode(message: ToHost | ToServer) -> bytearray:
    """The frame of a message, header included."""
    frame = bytearray(HEADER.size)
    # Behind the header from the start: sound is large, and putting the two together would copy it once more.
    _encoder.encode_into(message, frame, HEADER.size)
    HEADER.pack_into(frame, 0, len(frame) - HEADER.size)
    return frame


def decode_for_host(body: bytes | memoryview) -> ToHost:
    """The message in a frame's body, as the host reads it. Raises msgspec.DecodeError."""
    return cast("ToHost", _host_decoder.decode(body))


def decode_for_server(body: bytes | memoryview) -> ToServer:
    """The message in a frame's body, as the server reads it. Raises msgspec.DecodeError."""
    return cast("ToServer", _server_decoder.decode(body))
