"""Say a text."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Final

import numpy as np

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.audio.resample import Resampler
from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.domain.errors import ParameterInvalid, TextTooLong
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.kit.clock import Clock
from voxhelm.kit.read_ahead import read_ahead
from voxhelm.residency.manager import Residency
from voxhelm.serving.progress import Progress
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.language import guess_language
from voxhelm.text.sentences import split_sentences
from voxhelm.text.speakable import speakable

OUTPUT_RATE_HZ: Final = 24_000  # what OpenAI's pcm is, and what clients assume of every format
SLOWEST: Final = 0.25
FASTEST: Final = 4.0
# Pieces of sound an engine may be ahead of the encoder and the client: a few sentences.
READ_AHEAD_PIECES: Final = 64


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """What the operator allows.

    longest_text_characters: a longer input is refused.
    default_language: ISO 639-1, for texts that do not tell.
    """

    longest_text_characters: int = 100_000
    default_language: str = "en"


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What a caller wants said. voice: see `VoiceBook.choose`. speed: 0.25 to 4."""

    text: str
    model: str
    voice: str | None
    format: AudioFormat
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """Speech under way: everything that could be wrong with the request has been found out, and the first sound is in hand.

    chunks: the encoded sound, as it is made.
    To be closed when done with, read or not: then the engine stops and the model is given back.
    """

    chosen: ChosenVoice
    format: AudioFormat
    text: str
    progress: Progress
    chunks: AsyncGenerator[bytes]
    resources: AsyncExitStack

    async def aclose(self) -> None:
        """Stop and give everything back; more than once does no harm."""
        await self.chunks.aclose()
        await self.resources.aclose()


class Speaker:
    """The use case: from a text to encoded sound, beginning with the first sentence."""

    def __init__(
        self, options: SpeechOptions, voices: VoiceBook, residency: Residency, encoding: Executor, metrics: Metrics, clock: Clock
    ) -> None:
        """encoding: threads that compress, as many as there are processors; more would only wait for each other."""
        self._encoding = encoding
        self._options = options
        self._voices = voices
        self._residency = residency
        self._metrics = metrics
        self._clock = clock

    async def speak(self, request: SpeechRequest) -> Reply:
        """Begin to say a text; returns when the first sound exists.

        Raises TextEmpty, TextUnspeakable, TextTooLong, ParameterInvalid, and what choosing a voice and loading its model raise.
        """
        started_seconds = self._clock.monotonic_seconds()
        text = self._check(request)
        chosen = self._voices.choose(request.voice, request.model, lambda: self._languages(text))
        model_id = chosen.spec.id
        async with AsyncExitStack() as stack:
            lease = await stack.enter_async_context(await self._residency.lease(model_id))
            options = SynthesizeOptions(voice=chosen.voice.id, speed=request.speed, language=chosen.language)
            batches = read_ahead(_speeches(lease.host.synthesize, text, options), depth=READ_AHEAD_PIECES)
            await stack.enter_async_context(aclosing(batches))
            first: list[Speech] = await anext(batches, [])
            self._metrics.first_audio_seconds.labels(model=model_id).observe(self._clock.monotonic_seconds() - started_seconds)
            self._metrics.speech_characters.labels(model=model_id).inc(len(text))
            progress = Progress()
            made_seconds = self._metrics.speech_audio_seconds.labels(model=model_id)
            stack.callback(lambda: made_seconds.inc(progress.audio_seconds))
            chain = _Chain(request.format, progress, self._encoding)
            stack.callback(chain.close)
            return Reply(chosen, request.format, text, progress, _encoded(chain, first, batches), stack.pop_all())

    def _check(self, request: SpeechRequest) -> str:
        if not SLOWEST <= request.speed <= FASTEST:
            raise ParameterInvalid(f"speed must be from {SLOWEST} to {FASTEST}; it is {request.speed}.", param="speed")
        if len(request.text) > self._options.longest_text_characters:
            raise TextTooLong(
                f"The text has {len(request.text):,} characters; this server takes {self._options.longest_text_characters:,}. "
                "Send it in parts, or raise speech.longest_text_characters.",
                param="input",
            )
        return speakable(request.text)

    def _languages(self, text: str) -> Sequence[str]:
        default = self._options.default_language
        return [guess_language(text, default=default), default]


class _Chain:
    """Speech to bytes: joined, resampled, encoded; compression runs beside the event loop."""

    def __init__(self, audio_format: AudioFormat, progress: Progress, encoding: Executor) -> None:
        self._encoding = encoding
        self.progress = progress
        self._encoder = Encoder(audio_format, OUTPUT_RATE_HZ)
        self._resampler: Resampler | None = None
        self._cheap = audio_format in (AudioFormat.PCM, AudioFormat.WAV)

    async def push(self, batch: list[Speech]) -> bytes:
        """Encode pieces of one rate. The first batch decides the rate."""
        rate_hz = batch[0].pcm.rate_hz
        samples = batch[0].pcm.samples if len(batch) == 1 else np.concatenate([speech.pcm.samples for speech in batch])
        return await self._run(lambda: self._push(Pcm(samples, rate_hz)))

    async def finish(self) -> bytes:
        """What is still inside."""
        return await self._run(self._finish)

    def close(self) -> None:
        """Free the encoder."""
        self._encoder.close()

    def _push(self, pcm: Pcm) -> bytes:
        self.progress.audio_seconds += pcm.duration_seconds
        if self._resampler is None:
            self._resampler = Resampler(pcm.rate_hz, OUTPUT_RATE_HZ)
        return self._encoder.encode(self._resampler.push(pcm))

    def _finish(self) -> bytes:
        rest = self._encoder.encode(self._resampler.finish()) if self._resampler is not None else b""
        return rest + self._encoder.finish()

    async def _run(self, work: Callable[[], bytes]) -> bytes:
        # A thread costs more than copying samples does.
        return work() if self._cheap else await asyncio.get_running_loop().run_in_executor(self._encoding, work)


async def _speeches(
    synthesize: Callable[[str, SynthesizeOptions], AsyncGenerator[Speech]], text: str, options: SynthesizeOptions
) -> AsyncGenerator[Speech]:
    """Sentence by sentence, so that the first one can be heard while the others are made, and callers of one model take turns."""
    for sentence in split_sentences(text, language=options.language):
        async with aclosing(synthesize(sentence.text, options)) as speeches:
            async for speech in speeches:
                yield speech


async def _encoded(chain: _Chain, first: list[Speech], batches: AsyncGenerator[list[Speech]]) -> AsyncGenerator[bytes]:
    if first:
        yield await chain.push(first)
    async for batch in batches:
        data = await chain.push(batch)
        if data:
            yield data
    data = await chain.finish()
    if data:
        yield data
