"""Hear a recording."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from voxhelm.audio.decode import decode
from voxhelm.audio.utterances import CutOptions, Utterance, UtteranceCutter
from voxhelm.catalog.aliases import AUTO
from voxhelm.catalog.models import Catalog
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import AudioEmpty, ParameterInvalid
from voxhelm.domain.model import CPU, Capability, ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.threads import iterate_in_thread
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.progress import Progress
from voxhelm.telemetry.metrics import Metrics

# Half-second pieces that may be decoded ahead of the engine.
READ_AHEAD_PIECES: Final = 8
ANYBODY: Final = Caller()


@dataclass(frozen=True, slots=True)
class HearingRequest:
    """What a caller wants heard. source: a file, opened for reading in bytes, or its path. model: a model's id, an alias or `auto`."""

    source: BinaryIO | Path
    model: str
    options: TranscribeOptions
    caller: Caller = ANYBODY


@dataclass(frozen=True, slots=True)
class Hearing:
    """A transcription under way: the request is sound, the model is loaded and the recording's first piece has been decoded.

    language: ISO 639-1, of what is heard.
    segments: the transcript as it comes, in order of time.
    device: where the model is. fallback: why it is not on a card, if it belongs on one.
    To be closed when done with, read or not: then the engine stops and the model is given back.
    """

    spec: ModelSpec
    language: str
    progress: Progress
    segments: AsyncGenerator[Segment]
    resources: AsyncExitStack
    device: str = CPU
    fallback: str | None = None

    async def aclose(self) -> None:
        """Stop and give everything back; more than once does no harm."""
        await self.segments.aclose()
        await self.resources.aclose()


class Listener:
    """The use case: from an encoded recording to segments of text, in flat memory."""

    def __init__(self, catalog: Catalog, residency: Residency, admission: Admission, metrics: Metrics, clock: Clock) -> None:
        """Take what it needs."""
        self._catalog = catalog
        self._residency = residency
        self._admission = admission
        self._metrics = metrics
        self._clock = clock

    async def hear(self, request: HearingRequest) -> Hearing:
        """Begin to hear; returns when the recording has proved readable and the model is loaded.

        Raises AudioUnreadable, AudioEmpty, ParameterInvalid, and what choosing and loading a model raise.
        """
        temperature = request.options.temperature
        if temperature is not None and not 0.0 <= temperature <= 1.0:
            raise ParameterInvalid(f"temperature must be from 0 to 1; it is {temperature}.", param="temperature")
        spec = self._catalog.hearing(request.model, request.options.language)
        capabilities = self._catalog.engine_of(spec.id).capabilities
        if capabilities.input_rate_hz is None:
            raise RuntimeError(f"engine {spec.engine} hears, and does not say at which rate")
        language = request.options.language or spec.languages[0]
        progress = Progress()
        started_seconds = self._clock.monotonic_seconds()
        rate_hz = capabilities.input_rate_hz
        async with AsyncExitStack() as stack:
            decoded = iterate_in_thread(
                lambda: decode(request.source, rate_hz=rate_hz), depth=READ_AHEAD_PIECES, name="voxhelm-decode"
            )
            await stack.enter_async_context(aclosing(decoded))
            first = await anext(decoded, None)
            if first is None:
                raise AudioEmpty("The recording holds no sound.", param="file")
            audio = _counted(progress, first, decoded)
            await stack.enter_async_context(aclosing(audio))
            await stack.enter_async_context(self._admission.turn(spec.id, request.caller))
            needed = [spec.id]
            if capabilities.longest_audio_seconds is not None:
                needed.append(self._catalog.candidates(AUTO, Capability.VOICE_ACTIVITY)[0].id)
            leases = await self._residency.lease_all(needed)
            hosts = [(await stack.enter_async_context(lease)).host for lease in leases]
            options = replace(request.options, language=language)
            if capabilities.longest_audio_seconds is None:
                segments = hosts[0].transcribe(audio, options)
            else:
                cut = CutOptions(longest_seconds=capabilities.longest_audio_seconds)
                segments = _by_utterance(hosts[0], hosts[1], audio, options, cut)
            await stack.enter_async_context(aclosing(segments))
            measured = self._measured(spec.id, progress, segments, started_seconds)
            return Hearing(spec, language, progress, measured, stack.pop_all(), leases[0].device, leases[0].fallback)

    async def _measured(
        self, model_id: str, progress: Progress, segments: AsyncGenerator[Segment], started_seconds: float
    ) -> AsyncGenerator[Segment]:
        async for segment in segments:
            yield segment
        self._metrics.transcription_seconds.labels(model=model_id).observe(self._clock.monotonic_seconds() - started_seconds)
        self._metrics.transcription_audio_seconds.labels(model=model_id).inc(progress.audio_seconds)


async def _counted(progress: Progress, first: Pcm, rest: AsyncGenerator[Pcm]) -> AsyncGenerator[Pcm]:
    progress.audio_seconds += first.duration_seconds
    yield first
    async for pcm in rest:
        progress.audio_seconds += pcm.duration_seconds
        yield pcm


async def _by_utterance(
    transcriber: Host, detector: Host, audio: AsyncGenerator[Pcm], options: TranscribeOptions, cut: CutOptions
) -> AsyncGenerator[Segment]:
    """For engines that take one utterance at a time: cut where nobody speaks, hear each, put the times back."""
    async with aclosing(_utterances(detector, audio, cut)) as utterances:
        async for utterance in utterances:
            async with aclosing(transcriber.transcribe(_once(utterance.pcm), options)) as segments:
                async for segment in segments:
                    yield _shifted(segment, utterance.start_seconds)


async def _utterances(detector: Host, audio: AsyncGenerator[Pcm], cut: CutOptions) -> AsyncGenerator[Utterance]:
    cutter = UtteranceCutter(cut)

    async def overheard() -> AsyncGenerator[Pcm]:
        async for pcm in audio:
            cutter.push_audio(pcm)
            yield pcm

    async with aclosing(detector.detect(overheard())) as activities:
        async for activity in activities:
            for utterance in cutter.push_activity(activity):
                yield utterance
    for utterance in cutter.finish():
        yield utterance


async def _once(pcm: Pcm) -> AsyncIterator[Pcm]:
    """One utterance in pieces of a second, so that an engine notices between them when the caller has gone."""
    for start in range(0, len(pcm.samples), pcm.rate_hz):
        yield Pcm(pcm.samples[start : start + pcm.rate_hz], pcm.rate_hz)


def _shifted(segment: Segment, seconds: float) -> Segment:
    words = tuple(
        replace(word, start_seconds=word.start_seconds + seconds, end_seconds=word.end_seconds + seconds) for word in segment.words
    )
    return replace(segment, start_seconds=segment.start_seconds + seconds, end_seconds=segment.end_seconds + seconds, words=words)
