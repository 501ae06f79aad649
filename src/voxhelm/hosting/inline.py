"""A model in our own process: for tests, and to measure what a process of its own costs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, aclosing
from typing import TypeVar, cast

from voxhelm.domain.activity import Activity
from voxhelm.domain.engine import Diarizer, Engine, LanguageDetector, Model, Synthesizer, Transcriber, TurnJudge, VoiceDetector
from voxhelm.domain.errors import Cancelled
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.hosting.wire import INPUT_WINDOW, OUTPUT_WINDOW
from voxhelm.kit.threads import BlockingFeed, iterate_in_thread

T = TypeVar("T")


class InlineHost:
    """A `Host` without a process: each stream runs in a thread of the server."""

    resident_bytes = 0
    process_id = None

    def __init__(self, spec: ModelSpec, context: AbstractContextManager[Model], model: Model) -> None:
        """Take over an entered context; `load` does that."""
        self.spec = spec
        self._context = context
        self._model = model
        self._open_streams = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @classmethod
    async def load(cls, engine: Engine, spec: ModelSpec, placement: Placement) -> "InlineHost":
        """Load the model in a thread."""
        context = engine.load(spec, placement)
        model = await asyncio.to_thread(context.__enter__)
        return cls(spec, context, model)

    def synthesize(self, text: str, options: SynthesizeOptions) -> AsyncGenerator[Speech]:
        """As `Host`."""
        model = cast("Synthesizer", self._model)
        return self._stream(lambda: model.synthesize(text, options))

    def transcribe(self, audio: AsyncIterator[Pcm], options: TranscribeOptions) -> AsyncGenerator[Segment]:
        """As `Host`."""
        model = cast("Transcriber", self._model)
        return self._fed_stream(audio, lambda feed: model.transcribe(feed, options))

    def detect(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[Activity]:
        """As `Host`."""
        model = cast("VoiceDetector", self._model)
        return self._fed_stream(audio, model.detect)

    def diarize(self, audio: AsyncIterator[Pcm], options: DiarizeOptions) -> AsyncGenerator[Turn]:
        """As `Host`."""
        model = cast("Diarizer", self._model)
        return self._fed_stream(audio, lambda feed: model.diarize(feed, options))

    def detect_language(self, audio: AsyncIterator[Pcm], languages: Sequence[str]) -> AsyncGenerator[LanguageGuess]:
        """As `Host`."""
        model = cast("LanguageDetector", self._model)
        return self._fed_stream(audio, lambda feed: model.detect_language(feed, languages))

    def judge(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[TurnGuess]:
        """As `Host`."""
        model = cast("TurnJudge", self._model)
        return self._fed_stream(audio, model.judge)

    async def stop(self) -> None:
        """As `Host`. Streams that are open are waited for: nothing can be taken from a thread by force."""
        await self._idle.wait()
        if not self.ended.done():
            self.ended.set_result("unloaded")
            await asyncio.to_thread(self._context.__exit__, None, None, None)

    async def _stream(self, make: Callable[[], Iterator[T]], unblock: Callable[[], None] = lambda: None) -> AsyncGenerator[T]:
        self._open_streams += 1
        self._idle.clear()
        try:
            name = f"voxhelm-{self.spec.id}"
            async with aclosing(iterate_in_thread(make, depth=OUTPUT_WINDOW, name=name, unblock=unblock)) as items:
                async for item in items:
                    yield item
        finally:
            self._open_streams -= 1
            if self._open_streams == 0:
                self._idle.set()

    async def _fed_stream(self, audio: AsyncIterator[Pcm], call: Callable[[Iterator[Pcm]], Iterator[T]]) -> AsyncGenerator[T]:
        feed: BlockingFeed[Pcm] = BlockingFeed(depth=INPUT_WINDOW)
        pump = asyncio.create_task(feed.pump(audio))
        # The thread may be waiting for the feed, and leaving the stream, in whatever way, waits for the thread.
        stream = self._stream(lambda: call(iter(feed)), lambda: feed.abort(Cancelled("the caller has gone")))
        try:
            async for item in stream:
                yield item
        finally:
            await stream.aclose()
            pump.cancel()
            # An error of the source has been raised through the engine already.
            await asyncio.gather(pump, return_exceptions=True)
