"""A host whose model sends what it is given out of the LAN, every use of it on record."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from voxhelm.domain.activity import Activity
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.hosting.host import Host
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


class AuditedHost:
    """A `Host` around another one. Each call is logged and counted before anything is sent: where to and how much, never what."""

    def __init__(self, host: Host, log: Log, metrics: Metrics) -> None:
        """host: of a model with an `egress_host`."""
        self._host = host
        self._log = log
        self._metrics = metrics

    @property
    def spec(self) -> ModelSpec:
        """As `Host`."""
        return self._host.spec

    @property
    def resident_bytes(self) -> int:
        """As `Host`."""
        return self._host.resident_bytes

    @property
    def process_id(self) -> int | None:
        """As `Host`."""
        return self._host.process_id

    @property
    def ended(self) -> "asyncio.Future[str]":
        """As `Host`."""
        return self._host.ended

    def synthesize(self, text: str, options: SynthesizeOptions) -> AsyncGenerator[Speech]:
        """As `Host`."""
        self._record("text left the machine", characters=len(text))
        return self._host.synthesize(text, options)

    def transcribe(self, audio: AsyncIterator[Pcm], options: TranscribeOptions) -> AsyncGenerator[Segment]:
        """As `Host`."""
        self._record("sound left the machine")
        return self._host.transcribe(audio, options)

    def detect(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[Activity]:
        """As `Host`."""
        self._record("sound left the machine")
        return self._host.detect(audio)

    def diarize(self, audio: AsyncIterator[Pcm], options: DiarizeOptions) -> AsyncGenerator[Turn]:
        """As `Host`."""
        self._record("sound left the machine")
        return self._host.diarize(audio, options)

    def detect_language(self, audio: AsyncIterator[Pcm], languages: Sequence[str]) -> AsyncGenerator[LanguageGuess]:
        """As `Host`."""
        self._record("sound left the machine")
        return self._host.detect_language(audio, languages)

    def judge(self, audio: AsyncIterator[Pcm]) -> AsyncGenerator[TurnGuess]:
        """As `Host`."""
        self._record("sound left the machine")
        return self._host.judge(audio)

    async def stop(self) -> None:
        """As `Host`."""
        await self._host.stop()

    def _record(self, event: str, **amount: int) -> None:
        # The request's id is bound to the log where the request came in.
        self._metrics.egress_requests.labels(engine=self.spec.engine).inc()
        self._log.info(event, engine=self.spec.engine, model=self.spec.id, host=self.spec.egress_host, **amount)
