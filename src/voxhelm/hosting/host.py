"""A loaded model, as the server sees it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol

from voxhelm.domain.activity import Activity
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess


class Host(Protocol):
    """The calls of the engine protocols, without blocking, for any number of callers at once.

    Closing a generator stops the work in the engine. If the model dies, every open stream raises `EngineCrashed` once. The generators close
    the `audio` they are given.
    """

    @property
    def spec(self) -> ModelSpec:
        """What is loaded."""
        ...

    @property
    def resident_bytes(self) -> int:
        """Memory of the model's process when it was loaded; 0 when it shares ours."""
        ...

    @property
    def process_id(self) -> int | None:
        """The model's process; None when it shares ours."""
        ...

    @property
    def ended(self) -> "asyncio.Future[str]":
        """Done when the model is gone, with the reason in words."""
        ...

    def synthesize(self, text: str, options: SynthesizeOptions) -> AsyncGenerator[Speech]:
        """As `domain.engine.Synthesizer`."""
        ...

    def transcribe(self, audio: AsyncIterator[Pcm], options: TranscribeOptions) -> AsyncGenerator[Segment]:
        """As `domain.engine.Transcriber`."""
        ...

    def detect(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[Activity]:
        """As `domain.engine.VoiceDetector`."""
        ...

    def diarize(self, audio: AsyncIterator[Pcm], options: DiarizeOptions) -> AsyncGenerator[Turn]:
        """As `domain.engine.Diarizer`."""
        ...

    def detect_language(self, audio: AsyncIterator[Pcm], languages: Sequence[str]) -> AsyncGenerator[LanguageGuess]:
        """As `domain.engine.LanguageDetector`."""
        ...

    def judge(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[TurnGuess]:
        """As `domain.engine.TurnJudge`."""
        ...

    async def stop(self) -> None:
        """Unload: what is open is cancelled, and when this returns the memory is free."""
        ...
