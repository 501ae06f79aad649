"""Hear a recording."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from voxhelm.audio.channels import decode_channels
from voxhelm.audio.decode import decode
from voxhelm.audio.duration import told_duration_seconds
from voxhelm.audio.resample import resampled
from voxhelm.audio.utterances import CutOptions
from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.recognisers import Recognisers
from voxhelm.domain.caller import Caller
from voxhelm.domain.engine import Capabilities
from voxhelm.domain.errors import AudioEmpty, ParameterInvalid
from voxhelm.domain.model import CPU, ModelSpec
from voxhelm.domain.options import Chunking, DiarizeOptions, KnownSpeaker, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.streams import copies
from voxhelm.kit.threads import iterate_in_thread
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.blame import blaming
from voxhelm.serving.progress import Progress
from voxhelm.serving.speakers import NamedSpeaker, at_rate, attributed, interleaved, known_speakers
from voxhelm.serving.utterances import heard_by_utterance
from voxhelm.telemetry.metrics import Metrics

# Half-second pieces that may be decoded ahead of the engine.
READ_AHEAD_PIECES: Final = 8
# Half-second pieces by which one channel, or the diariser, may be behind the other.
APART_PIECES: Final = 120
ANYBODY: Final = Caller()


class Channels(StrEnum):
    """What becomes of the channels of a recording: one sound, or each heard on its own."""

    MIXED = "mixed"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class HearingRequest:
    """What a caller wants heard.

    source: a file, opened for reading in bytes, or its path, or sound that is in memory already, at any rate.
    model: a model's id, an alias or `auto`.
    channels: with SEPARATE, each is a speaker. diarize: whether a diariser shall tell the speakers apart; not both.
    speakers: names for them, in the order of the channels, or with samples of their voices for the diariser.
    measured: whether `Progress.total_seconds` is wanted, which takes another look at the file. detour: what is gone around.
    """

    source: BinaryIO | Path | Pcm
    model: str
    options: TranscribeOptions
    caller: Caller = ANYBODY
    channels: Channels = Channels.MIXED
    diarize: bool = False
    speakers: tuple[NamedSpeaker, ...] = ()
    measured: bool = False
    detour: Detour = STRAIGHT


@dataclass(frozen=True, slots=True)
class Hearing:
    """A transcription under way: the request is sound, the model is loaded and the recording's first piece has been decoded.

    language: ISO 639-1, of what is heard, where it is known beforehand; else the segments tell.
    segments: the transcript as it comes, in order of time.
    device: where the model is. fallback: why it is not on a card, if it belongs on one.
    route: by which step of a route: see `serving.routed_hearing`.
    To be closed when done with, read or not: then the engine stops and the model is given back.
    """

    spec: ModelSpec
    language: str | None
    progress: Progress
    segments: AsyncGenerator[Segment]
    resources: AsyncExitStack
    device: str = CPU
    fallback: str | None = None
    route: str = ""

    async def aclose(self) -> None:
        """Stop and give everything back; more than once does no harm."""
        await self.segments.aclose()
        await self.resources.aclose()


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who does the work. cut: for a recogniser that takes utterances, which `detector` finds."""

    spec: ModelSpec
    capabilities: Capabilities
    options: TranscribeOptions
    detector: ModelSpec | None
    diarizer: ModelSpec | None
    cut: CutOptions | None

    @property
    def model_ids(self) -> list[str]:
        return [spec.id for spec in (self.spec, self.detector, self.diarizer) if spec is not None]

    @property
    def rate_hz(self) -> int:
        if self.capabilities.input_rate_hz is None:
            raise RuntimeError(f"engine {self.spec.engine} hears, and does not say at which rate")
        return self.capabilities.input_rate_hz


class Listener:
    """The use case: from an encoded recording to segments of text, in flat memory."""

    def __init__(self, catalog: Catalog, residency: Residency, admission: Admission, metrics: Metrics, clock: Clock) -> None:
        """Take what it needs."""
        self._recognisers = Recognisers(catalog)
        self._residency = residency
        self._admission = admission
        self._metrics = metrics
        self._clock = clock

    async def hear(self, request: HearingRequest) -> Hearing:
        """Begin to hear; returns when the recording has proved readable and the model is loaded.

        Raises AudioUnreadable, AudioEmpty, ParameterInvalid, ModelUnsuited for a translation or for speakers that no model can tell,
        and what choosing and loading a model raise.
        """
        crew = self._crew(request)
        known = await self._known_speakers(request, crew)
        progress = Progress()
        if request.measured:
            progress.total_seconds = await _told_seconds(request.source)
        started_seconds = self._clock.monotonic_seconds()
        async with AsyncExitStack() as stack:
            stack.enter_context(blaming(crew.spec.id))
            sounds = await _sounds(request, crew, progress, stack)
            await stack.enter_async_context(self._admission.turn(crew.spec.id, request.caller))
            leases = await self._residency.lease_all(crew.model_ids)
            hosts = {lease.host.spec.id: lease.host for lease in [await stack.enter_async_context(one) for one in leases]}
            segments = self._segments(request, crew, hosts, sounds, known)
            await stack.enter_async_context(aclosing(segments))
            measured = self._measured(crew.spec.id, progress, segments, started_seconds)
            language = "en" if crew.options.translate else crew.options.language
            return Hearing(crew.spec, language, progress, measured, stack.pop_all(), leases[0].device, leases[0].fallback)

    def choose(self, request: HearingRequest) -> ModelSpec:
        """Who would hear it, without hearing anything. Raises as `hear`, before it waits for anything."""
        return self._crew(request).spec

    def _crew(self, request: HearingRequest) -> _Crew:
        options = request.options
        if options.temperature is not None and not 0.0 <= options.temperature <= 1.0:
            raise ParameterInvalid(f"temperature must be from 0 to 1; it is {options.temperature}.", param="temperature")
        if options.translate:
            spec = self._recognisers.translating(request.model, request.detour)
        else:
            spec = self._recognisers.hearing(request.model, options.language, options.languages, request.detour)
        capabilities = self._recognisers.capabilities_of(spec)
        longest_seconds = capabilities.longest_audio_seconds
        return _Crew(
            spec,
            capabilities,
            _understood(options, spec),
            self._recognisers.finding_speech() if longest_seconds is not None else None,
            self._recognisers.diarizing() if request.diarize else None,
            CutOptions(longest_seconds=longest_seconds).adjusted(options.chunking or Chunking()) if longest_seconds else None,
        )

    async def _known_speakers(self, request: HearingRequest, crew: _Crew) -> tuple[KnownSpeaker, ...]:
        if crew.diarizer is None:
            return ()
        return await known_speakers(request.speakers, self._rate_of(crew.diarizer))

    def _rate_of(self, spec: ModelSpec) -> int:
        return self._recognisers.capabilities_of(spec).input_rate_hz or 16_000

    def _segments(
        self,
        request: HearingRequest,
        crew: _Crew,
        hosts: dict[str, Host],
        sounds: Sequence[AsyncGenerator[Pcm]],
        known: tuple[KnownSpeaker, ...],
    ) -> AsyncGenerator[Segment]:
        names = [speaker.name for speaker in request.speakers]
        if request.channels is Channels.SEPARATE:
            return interleaved([_transcribed(crew, hosts, sound) for sound in sounds], names)
        segments = _transcribed(crew, hosts, sounds[0])
        if crew.diarizer is None:
            return segments
        sound = sounds[1]
        if self._rate_of(crew.diarizer) != crew.rate_hz:
            sound = at_rate(sound, self._rate_of(crew.diarizer))
        return attributed(segments, hosts[crew.diarizer.id].diarize(sound, DiarizeOptions(known)), names)

    async def _measured(
        self, model_id: str, progress: Progress, segments: AsyncGenerator[Segment], started_seconds: float
    ) -> AsyncGenerator[Segment]:
        async for segment in segments:
            yield segment
        self._metrics.transcription_seconds.labels(model=model_id).observe(self._clock.monotonic_seconds() - started_seconds)
        self._metrics.transcription_audio_seconds.labels(model=model_id).inc(progress.audio_seconds)


def _understood(options: TranscribeOptions, spec: ModelSpec) -> TranscribeOptions:
    """What the engine is told of languages: one, where only one comes into question."""
    possible = tuple(language for language in options.languages if language in spec.languages)
    language = options.language
    if language is None and len(possible) == 1:
        language = possible[0]
    if language is None and len(spec.languages) == 1:
        language = spec.languages[0]
    return replace(options, language=language, languages=() if language is not None else possible)


async def _sounds(request: HearingRequest, crew: _Crew, progress: Progress, stack: AsyncExitStack) -> Sequence[AsyncGenerator[Pcm]]:
    """The recording as streams: one, one for each channel, or one for the recogniser and one for the diariser."""
    source, rate_hz = request.source, crew.rate_hz

    def pieces() -> Iterator[tuple[Pcm, ...]]:
        if isinstance(source, Pcm):
            return ((pcm,) for pcm in resampled(source, rate_hz))
        if request.channels is Channels.SEPARATE:
            return decode_channels(source, rate_hz=rate_hz)
        return ((pcm,) for pcm in decode(source, rate_hz=rate_hz))

    decoded = iterate_in_thread(pieces, depth=READ_AHEAD_PIECES, name="voxhelm-decode")
    await stack.enter_async_context(aclosing(decoded))
    first = await anext(decoded, None)
    if first is None:
        raise AudioEmpty("The recording holds no sound.", param="file")
    counted = await stack.enter_async_context(aclosing(_counted(progress, first, decoded)))
    count = len(first) if request.channels is Channels.SEPARATE else 1 + (crew.diarizer is not None)
    if count == 1:
        return [_channel(counted, 0)]
    streams = await stack.enter_async_context(copies(counted, count, depth=APART_PIECES))
    separate = request.channels is Channels.SEPARATE
    return [_channel(stream, index if separate else 0) for index, stream in enumerate(streams)]


async def _told_seconds(source: BinaryIO | Path | Pcm) -> float | None:
    return source.duration_seconds if isinstance(source, Pcm) else await asyncio.to_thread(told_duration_seconds, source)


async def _counted(
    progress: Progress, first: tuple[Pcm, ...], rest: AsyncGenerator[tuple[Pcm, ...]]
) -> AsyncGenerator[tuple[Pcm, ...]]:
    progress.audio_seconds += first[0].duration_seconds
    yield first
    async for pieces in rest:
        progress.audio_seconds += pieces[0].duration_seconds
        yield pieces


async def _channel(stream: AsyncGenerator[tuple[Pcm, ...]], index: int) -> AsyncGenerator[Pcm]:
    async with aclosing(stream):
        async for pieces in stream:
            yield pieces[index]


def _transcribed(crew: _Crew, hosts: dict[str, Host], sound: AsyncGenerator[Pcm]) -> AsyncGenerator[Segment]:
    host = hosts[crew.spec.id]
    if crew.detector is None or crew.cut is None:
        return host.transcribe(sound, crew.options)
    return heard_by_utterance(host, hosts[crew.detector.id], sound, crew.options, crew.cut)
