"""Voxhelm in this process, for when no server runs."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from voxhelm.api import transcripts
from voxhelm.api.services import Services
from voxhelm.catalog.voices import ListedVoice
from voxhelm.cli.instance import Recording, Saying, Transcript
from voxhelm.cli.transcript_format import TranscriptFormat
from voxhelm.compose import compose
from voxhelm.config import Settings
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Hearing, HearingRequest
from voxhelm.serving.inventory import ListedModel
from voxhelm.serving.speak import SpeechRequest
from voxhelm.telemetry.log import silent_log


class LocalInstance:
    """An `Instance` on the use cases themselves."""

    def __init__(self, services: Services) -> None:
        """services: of an instance that is running."""
        self._services = services

    @asynccontextmanager
    async def say(self, saying: Saying) -> AsyncGenerator[AsyncIterator[bytes]]:
        """As `Instance`."""
        wanted = SpeechRequest(saying.text, saying.model, saying.voice, saying.format, saying.speed)
        reply = await self._services.speaker.speak(wanted)
        try:
            yield reply.chunks
        finally:
            await reply.aclose()

    @asynccontextmanager
    async def hear(self, recording: Recording) -> AsyncGenerator[Transcript]:
        """As `Instance`."""
        subtitles = recording.format in (TranscriptFormat.SRT, TranscriptFormat.VTT)
        options = TranscribeOptions(language=recording.language, word_times=recording.word_times or subtitles)
        hearing = await self._services.listener.hear(HearingRequest(recording.source, recording.model, options))
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


@asynccontextmanager
async def local_instance(settings: Settings) -> AsyncGenerator[LocalInstance]:
    """Put an instance together and run it inside; on leaving, every model has been unloaded. Raises ConfigurationInvalid."""
    voxhelm = compose(settings, silent_log())
    async with voxhelm.running():
        yield LocalInstance(voxhelm.services)


class _Heard:
    """How far the transcript has come. The decoder is ahead of that by as much as it may."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def following(self, segments: AsyncIterator[Segment]) -> AsyncGenerator[Segment]:
        async for segment in segments:
            self.seconds = segment.end_seconds
            yield segment


async def _pieces(hearing: Hearing, recording: Recording, heard: _Heard) -> AsyncGenerator[str]:
    segments = heard.following(hearing.segments)
    if recording.format is TranscriptFormat.TEXT:
        async for segment in segments:
            yield segment.text.strip()
        return
    complete = tuple([segment async for segment in segments])
    transcript = transcripts.Heard(complete, hearing.language, hearing.progress.audio_seconds)
    match recording.format:
        case TranscriptFormat.SRT:
            yield transcripts.as_srt(transcript)
        case TranscriptFormat.VTT:
            yield transcripts.as_vtt(transcript)
        case TranscriptFormat.JSON:
            granularities = ("segment", "word") if recording.word_times else ("segment",)
            yield json.dumps(transcripts.as_verbose_json(transcript, granularities), ensure_ascii=False)
