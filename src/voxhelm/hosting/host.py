"""A loaded model, as the server sees it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from voxhelm.domain.activity import Activity
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech


class Host(Protocol):
    """The three calls of the engine protocols, without blocking, for any number of callers at once.

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

    async def stop(self) -> None:
        """Unload: what is open is cancelled, and when this returns the memory is free."""
        ...
