"""What the commands work with: a Voxhelm, wherever it runs."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.voices import ListedVoice
from voxhelm.cli.transcript_format import TranscriptFormat
from voxhelm.serving.inventory import ListedModel
from voxhelm.serving.route_board import ListedRoute
from voxhelm.serving.voice_check import VoiceCheck
from voxhelm.text.captions import CaptionFormat
from voxhelm.text.cues import CueOptions


@dataclass(frozen=True, slots=True)
class Saying:
    """A text to say.

    voice: any name `voxhelm voices` lists; None for the automatic choice. speed: 0.25 to 4.
    captions, on_captions: in what form captions are wanted, and who gets the text of the file when the last sound has been given.
    """

    text: str
    model: str
    voice: str | None
    format: AudioFormat
    speed: float
    captions: CaptionFormat | None = None
    on_captions: Callable[[str], object] = lambda _text: None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be wanted of a transcript beyond its format.

    languages: what may be spoken, ISO 639-1. translate: English, whatever is spoken.
    channels: each channel of the recording is a speaker. diarize: a diariser tells the speakers apart.
    paragraph_seconds: a pause that begins a paragraph of text; None for a line for each segment.
    """

    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    prompt: str | None = None
    translate: bool = False
    channels: bool = False
    diarize: bool = False
    cues: CueOptions = field(default_factory=CueOptions)
    paragraph_seconds: float | None = None

    @property
    def speakers(self) -> bool:
        """Whether the transcript says who spoke."""
        return self.channels or self.diarize


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording to hear. source: a path, or a file open for reading. language: ISO 639-1 or None. word_times: wanted in JSON."""

    source: BinaryIO | Path
    model: str
    language: str | None
    format: TranscriptFormat
    word_times: bool = False
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript under way.

    pieces: it, in the format that was asked for; text comes piece by piece, without ends of lines, the others in one piece.
    heard_seconds: how much has been heard; None when nobody tells.
    """

    pieces: AsyncIterator[str]
    heard_seconds: Callable[[], float | None]


class Instance(Protocol):
    """Says, hears and lists; in this process or behind a URL. Every method raises what `domain.errors` has for it."""

    def say(self, saying: Saying, /) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Begin to say a text: the value is the encoded sound as it is made. Leaving the context stops the work."""
        ...

    def hear(self, recording: Recording, /) -> AbstractAsyncContextManager[Transcript]:
        """Begin to hear a recording. Leaving the context stops the work."""
        ...

    async def voices(self, *, variants: bool) -> Sequence[ListedVoice]:
        """Every voice; with `variants` also the thousands that are a colour of another."""
        ...

    async def models(self) -> Sequence[ListedModel]:
        """Every model, then every name that stands for one."""
        ...

    async def routes(self, language: str | None, /) -> Sequence[ListedRoute]:
        """The routes of the settings and of all other languages, or those that a language has."""
        ...

    async def check_voice(self, name: str, language: str | None, sentences: tuple[str, ...], /) -> Sequence[VoiceCheck]:
        """Have a voice say sentences, else the built-in ones, and hear them back, in every language that its name stands for."""
        ...
