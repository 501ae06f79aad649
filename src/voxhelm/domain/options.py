"""What a caller may ask of an engine, one frozen type per capability."""

from dataclasses import dataclass
from pathlib import Path

from voxhelm.domain.pcm import Pcm
from voxhelm.domain.pronunciation import Pronunciation


@dataclass(frozen=True, slots=True)
class SynthesizeOptions:
    """How to say a text.

    voice: an id from the engine's own voice list.
    speed: 1.0 is the voice's natural pace, 2.0 twice as fast; 0.25 to 4.
    language: ISO 639-1 code of the text when the caller knows it, for voices that speak several.
    reference: a WAV file (24 kHz, 16 bits, mono, 3 to 30 s of speech) whose voice is to speak, whatever `voice` says; only engines with
        `Capabilities.clones` are given one. What an engine works out of it may be kept by its name, the SHA-256 of its bytes.
    word_times: whether `Speech.words` is wanted; an engine for which they cost nothing may tell them anyway.
    pronunciations: how parts of the text sound, in order and apart; only engines with `Capabilities.ipa` are given any.
    instructions: in words, such as "whisper"; only engines with `Capabilities.instructions` are given any.
    """

    voice: str
    speed: float = 1.0
    language: str | None = None
    reference: Path | None = None
    word_times: bool = True
    pronunciations: tuple[Pronunciation, ...] = ()
    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class Chunking:
    """How a recording is cut into stretches that are heard by themselves. None leaves a value to the engine.

    threshold: the speech probability from which on somebody speaks, 0 to 1.
    padding_seconds: how much of the room is kept around the speech.
    silence_seconds: the pause that ends a stretch.
    """

    threshold: float | None = None
    padding_seconds: float | None = None
    silence_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """How to hear a recording.

    language: ISO 639-1 code of what is spoken; None asks the engine to find out.
    languages: what may be spoken, as far as the caller knows; empty for anything. Engines that find out choose among these, for every
        stretch anew, so that a speaker may change from one to another.
    word_times: whether `Segment.words` is wanted.
    prompt: text that came before, or a style to follow; engines without a use for it ignore it.
    keywords: names and terms that are likely to occur.
    temperature: sampling temperature, 0 to 1; None leaves it to the engine.
    translate: whether English is wanted, whatever is spoken; engines that cannot say so.
    chunking: where the recording is cut; None leaves it to the engine.
    """

    language: str | None = None
    word_times: bool = False
    prompt: str | None = None
    keywords: tuple[str, ...] = ()
    temperature: float | None = None
    translate: bool = False
    languages: tuple[str, ...] = ()
    chunking: Chunking | None = None


@dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A voice that may be in a recording. name: what the speaker is to be called. sample: a few seconds of nobody else."""

    name: str
    sample: Pcm


@dataclass(frozen=True, slots=True)
class DiarizeOptions:
    """How to tell speakers apart. known: those who get the names given, when they are heard."""

    known: tuple[KnownSpeaker, ...] = ()
