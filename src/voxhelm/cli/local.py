"""Voxhelm in this process, for when no server runs."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from voxhelm.api import transcripts
from voxhelm.api.services import Services
from voxhelm.catalog.voices import ListedVoice
from voxhelm.cli.instance import Recording, Saying, Transcript, Wishes
from voxhelm.cli.transcript_format import TranscriptFormat, paragraphs, spoken
from voxhelm.compose import compose
from voxhelm.config import Settings
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Channels, Hearing, HearingRequest
from voxhelm.serving.inventory import ListedModel
from voxhelm.serving.route_board import ListedRoute
from voxhelm.serving.speak import Reply, SpeechRequest
from voxhelm.serving.voice_check import VoiceCheck
from voxhelm.serving.voice_checker import CheckRequest
from voxhelm.telemetry.log import silent_log
from voxhelm.text.captions import caption_file
from voxhelm.text.transcript import ParagraphOptions, RunningText


class LocalInstance:
    """An `Instance` on the use cases themselves."""

    def __init__(self, services: Services) -> None:
        """services: of an instance that is running."""
        self._services = services

    @asynccontextmanager
    async def say(self, saying: Saying) -> AsyncGenerator[AsyncIterator[bytes]]:
        """As `Instance`."""
        timed = saying.captions is not None
        wanted = SpeechRequest(saying.text, saying.model, saying.voice, saying.format, saying.speed, cached=not timed, timed=timed)
        reply = await self._services.speaker.speak(wanted)
        try:
            yield _with_captions(reply, saying)
        finally:
            await reply.aclose()

    @asynccontextmanager
    async def hear(self, recording: Recording) -> AsyncGenerator[Transcript]:
        """As `Instance`."""
        hearing = await self._services.listener.hear(_request(recording))
        try:
            heard = _Heard()
            yield Transcript(_pieces(hearing, recording, heard), lambda: heard.seconds)
        finally:
            await hearing.aclose()

    async def voices(self, *, variants: bool) -> Sequence[ListedVoice]:
        """As `Instance`."""
        return list(self._services.inventory.voices(variants=variants))

    async def models(self) -> Sequence[ListedModel]:
        """As `Instance`."""
        return list(self._services.inventory.models())

    async def routes(self, language: str | None) -> Sequence[ListedRoute]:
        """As `Instance`."""
        return list(self._services.routes.routes(language))

    async def check_voice(self, name: str, language: str | None, sentences: tuple[str, ...]) -> Sequence[VoiceCheck]:
        """As `Instance`."""
        return [check async for check in self._services.voice_checks.check(CheckRequest(name, language, sentences))]


@asynccontextmanager
async def local_instance(settings: Settings) -> AsyncGenerator[LocalInstance]:
    """Put an instance together and run it inside; on leaving, every model has been unloaded. Raises ConfigurationInvalid."""
    voxhelm = compose(settings, silent_log())
    async with voxhelm.running():
        yield LocalInstance(voxhelm.services)


async def _with_captions(reply: Reply, saying: Saying) -> AsyncGenerator[bytes]:
    async for chunk in reply.chunks:
        yield chunk
    if saying.captions is not None and reply.timeline is not None:
        saying.on_captions(caption_file(reply.timeline.segments(), saying.captions))


class _Heard:
    """How far the transcript has come. The decoder is ahead of that by as much as it may."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def following(self, segments: AsyncIterator[Segment]) -> AsyncGenerator[Segment]:
        async for segment in segments:
            self.seconds = segment.end_seconds
            yield segment


def _request(recording: Recording) -> HearingRequest:
    wishes = recording.wishes
    subtitles = recording.format in (TranscriptFormat.SRT, TranscriptFormat.VTT)
    options = TranscribeOptions(
        language=recording.language,
        languages=wishes.languages,
        word_times=recording.word_times or subtitles or wishes.diarize,
        prompt=wishes.prompt,
        keywords=wishes.keywords,
        translate=wishes.translate,
    )
    channels = Channels.SEPARATE if wishes.channels else Channels.MIXED
    return HearingRequest(recording.source, recording.model, options, channels=channels, diarize=wishes.diarize)


async def _pieces(hearing: Hearing, recording: Recording, heard: _Heard) -> AsyncGenerator[str]:
    segments = heard.following(hearing.segments)
    if recording.format is TranscriptFormat.TEXT:
        async for piece in _text(segments, recording.wishes):
            yield piece
        return
    transcript = transcripts.heard_by(hearing, [segment async for segment in segments])
    granularities = ("segment", "word") if recording.word_times else ("segment",)
    task = "translate" if recording.wishes.translate else "transcribe"
    rendering = transcripts.Rendering(granularities, recording.wishes.cues, task=task)
    match recording.format:
        case TranscriptFormat.SRT:
            yield transcripts.as_srt(transcript, rendering)
        case TranscriptFormat.VTT:
            yield transcripts.as_vtt(transcript, rendering)
        case TranscriptFormat.JSON:
            render = transcripts.as_diarized_json if recording.wishes.diarize else transcripts.as_verbose_json
            yield json.dumps(render(transcript, rendering), ensure_ascii=False)


async def _text(segments: AsyncIterator[Segment], wishes: Wishes) -> AsyncGenerator[str]:
    if wishes.speakers:
        async for segment in segments:
            yield spoken(segment.speaker, segment.text)
    elif wishes.paragraph_seconds is not None:
        running = RunningText(ParagraphOptions(wishes.paragraph_seconds))
        async for paragraph in paragraphs(running.push(segment) async for segment in segments):
            yield paragraph
    else:
        async for segment in segments:
            yield segment.text.strip()
