"""The engine plugin: a protocol for each thing a model may do, and the registration."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from voxhelm.domain.activity import Activity
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.domain.voice import Voice


@runtime_checkable
class Transcriber(Protocol):
    """Hears. Blocking; called from several threads at once, so an implementation that cannot must lock."""

    def transcribe(self, audio: Iterator[Pcm], options: TranscribeOptions, /) -> Iterator[Segment]:
        """Yield the segments of `audio` in order of time, each as soon as it is final.

        `audio` is at `Capabilities.input_rate_hz`, in pieces of any length, and is read as the engine goes: it may block, and it
        raises when the caller has gone. Closing the returned generator stops the work.
        """
        ...


@runtime_checkable
class Synthesizer(Protocol):
    """Speaks. Blocking; called from several threads at once, so an implementation that cannot must lock."""

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield the sound of `text` as it is made, at one rate throughout. Closing the returned generator stops the work."""
        ...


@runtime_checkable
class VoiceDetector(Protocol):
    """Tells speech from everything else. Blocking; called from several threads at once."""

    def detect(self, audio: Iterator[Pcm], /) -> Iterator[Activity]:
        """Yield the speech probabilities of `audio`, covering it without gaps from its beginning.

        `audio` is at `Capabilities.input_rate_hz`. A last, incomplete window is padded with silence. Closing the returned
        generator stops the work.
        """
        ...


@runtime_checkable
class Diarizer(Protocol):
    """Tells speakers apart. Blocking; called from several threads at once."""

    def diarize(self, audio: Iterator[Pcm], options: DiarizeOptions, /) -> Iterator[Turn]:
        """Yield who speaks when, in order of the turns' beginnings, each as soon as it is final; that may be at the end.

        `audio` is at `Capabilities.input_rate_hz`, and so are the samples of known speakers. Closing the returned generator stops
        the work.
        """
        ...


@runtime_checkable
class LanguageDetector(Protocol):
    """Tells which language is spoken; a `Transcriber` may be one too. Blocking; called from several threads at once."""

    def detect_language(self, audio: Iterator[Pcm], languages: Sequence[str], /) -> Iterator[LanguageGuess]:
        """Yield a guess for each stretch of speech in `audio`, in order of time; none where nobody speaks.

        languages: the only ones that come into question, ISO 639-1; empty for all that it knows. Closing the returned generator
        stops the work.
        """
        ...


@runtime_checkable
class TurnJudge(Protocol):
    """Tells whether a speaker who has paused is done. Blocking; called from several threads at once."""

    def judge(self, audio: Iterator[Pcm], /) -> Iterator[TurnGuess]:
        """Yield one guess when all of `audio` has come: one speaker's turn so far, its pause included. None when there is no sound.

        `audio` is at `Capabilities.input_rate_hz`; of a longer one only the last `Capabilities.longest_audio_seconds` count. Closing
        the returned generator stops the work.
        """
        ...


Model = Transcriber | Synthesizer | VoiceDetector | Diarizer | TurnJudge
"""What loading an engine's model gives: one of these, by the model's capability."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine's models can do: facts that are checked before any call.

    input_rate_hz: the rate of the sound that its models take; None for engines that only speak.
    word_times: whether `Segment.words` (or `Speech.words`) is filled.
    longest_audio_seconds: an engine that must be given single utterances says how long they may be; None when any length will do. One
        that judges turns says how much of the end it looks at.
    clones: whether `SynthesizeOptions.reference` is: whether models speak with the voice of any recording.
    speed: whether `SynthesizeOptions.speed` is honoured by the engine.
    ipa: whether `SynthesizeOptions.pronunciations` is.
    instructions: whether `SynthesizeOptions.instructions` is.
    reads_figures: whether it reads numbers, dates and abbreviations better than words written out for it would be.
    streams: whether the sound of a sentence comes while the rest of it is made; if not, a text's first piece is kept short.
    context_characters: sentences are said together up to this many characters, where that makes them sound better; 0 for one at a time.
    scripts: for engines that speak, the scripts whose letters they can read (`latin`, as in text/scripts.py); None for any.
    translates: whether models that hear more than English write English of what they hear when `TranscribeOptions.translate` asks.
    detects_language: whether models that hear more than one language are a `LanguageDetector`.
    devices: the kinds of device it runs on: `cpu`, `cuda`.
    preference: `auto` takes the installed engine with the highest one that knows the language.
    egress: the host outside the LAN that every model of this engine sends texts or sound to; None for engines that stay here. Where
        it differs by model, `ModelSpec.settings["egress_host"]` has it.
    """

    kinds: tuple[Capability, ...]
    input_rate_hz: int | None = None
    word_times: bool = False
    longest_audio_seconds: float | None = None
    speed: bool = False
    clones: bool = False
    ipa: bool = False
    instructions: bool = False
    reads_figures: bool = False
    streams: bool = False
    context_characters: int = 0
    scripts: tuple[str, ...] | None = None
    translates: bool = False
    detects_language: bool = False
    devices: tuple[str, ...] = ("cpu",)
    preference: int = 0
    egress: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `voxhelm doctor`: what was looked for, whether it is well, and the command that mends it."""

    subject: str
    ok: bool
    detail: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What an engine needs that cannot be installed beside everyone else's packages: its models get an interpreter of their own.

    requirements: what is installed there, as pip writes it; what a host itself needs is added to it.
    modules: top-level modules that are there when it is whole; `voxhelm doctor` looks for them.
    pythons: the versions it works with, such as `3.11`, the best first; hosts need 3.11 or newer.
    disk_bytes: about what it takes on the disk.
    """

    requirements: tuple[str, ...]
    modules: tuple[str, ...]
    pythons: tuple[str, ...]
    disk_bytes: int = 0


def lists_all_voices(_listed: Mapping[str, Voice], _wanted: str) -> Voice | None:
    """The `find_voice` of an engine that has no voice but those it lists."""
    return None


@dataclass(frozen=True, slots=True)
class Engine:
    """A plugin's registration: facts first, then the one way to load. Importing it imports no model runtime.

    name: unique; what `ModelSpec.engine` says.
    licence: SPDX expression of the engine's runtime, for the operator to see.
    capabilities: facts about every model of this engine.
    discover: the models of this engine that are installed, given the models directory; files only, nothing is loaded.
    voices: the voices of a model, for engines that speak; files only, nothing is loaded.
    footprint: bytes per device when it is loaded at a placement, an estimate to reserve before the first measurement; files only.
    load: entering the context loads the model at a placement, leaving it frees everything; the value follows the protocol of its
        capability. OutOfMemory and DeviceUnusable have it loaded elsewhere; every other error is told to the caller.
    diagnose: what `voxhelm doctor` says of it; files only.
    find_voice: a voice that is not listed and can be had all the same, such as a mix of listed ones, or None. Given the listed voices of
        the model, by their ids in lower case, and what the caller wrote; it is called during requests, and looks at nothing else.
    environment: what `load` needs in an interpreter of its own, None when it runs in ours. Everything else is called in ours.
    """

    name: str
    licence: str
    capabilities: Capabilities
    discover: Callable[[Path], Sequence[ModelSpec]]
    voices: Callable[[ModelSpec], Sequence[Voice]]
    footprint: Callable[[ModelSpec, Placement], Footprint]
    load: Callable[[ModelSpec, Placement], AbstractContextManager[Model]]
    diagnose: Callable[[], Sequence[Finding]]
    find_voice: Callable[[Mapping[str, Voice], str], Voice | None] = lists_all_voices
    environment: Environment | None = None
