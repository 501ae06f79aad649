"""Is a speaker who has paused done? The voice and the words tell, by a deadline."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from enum import StrEnum
from typing import Final

import numpy as np

from voxhelm.audio.resample import Resampler
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.recognisers import Recognisers
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import DeadlineMissed, QueueFull, VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.kept_model import KEPT_SECONDS, KeptModel
from voxhelm.serving.turn_evidence import turn_probability
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.turn_end import finished_probability

DEADLINE_SECONDS: Final = 0.45
"""Several times what a model takes on a processor of its own; it may have to share one with the recogniser, which looks at the same pause.

Where nothing tells, a speaker is waited for as long anyway (`realtime/eagerness.py`), so later it would be of no use.
"""


class JudgedBy(StrEnum):
    """Who told: the voice with the words, or the words alone and why."""

    VOICE = "voice"
    NO_MODEL = "no_model"
    LOADING = "loading"
    LATE = "late"
    FAILED = "failed"


class TurnJudgement:
    """The use case, for any number of callers at once.

    No more are at work in the model than it has processors. Who does not get its turn by the deadline is never sent to the model, so
    that with too many callers some are judged by their words alone, and not all by nothing but stale work.
    """

    def __init__(
        self, catalog: Catalog, residency: Residency, admission: Admission, metrics: Metrics, clock: Clock, log: Log
    ) -> None:
        """Take what it needs."""
        self.deadline_seconds = DEADLINE_SECONDS
        self._recognisers = Recognisers(catalog)
        self._admission = admission
        self._metrics = metrics
        self._clock = clock
        self._log = log
        self._kept = KeptModel(residency, log, KEPT_SECONDS)
        self._at_work = asyncio.Semaphore(len(os.sched_getaffinity(0)))
        self._runs: set[asyncio.Task[float | None]] = set()

    def prepare(self) -> None:
        """Begin to load the model, where there is one: somebody is about to speak. Returns at once."""
        spec = self._recognisers.judging_turns()
        if spec is not None:
            self._kept.lease(spec.id)

    async def by_voice(self, pcm: Pcm, caller: Caller) -> float | None:
        """What the voice alone says, 0 to 1; None while the model is not loaded, busy or broken, and where there is none.

        pcm: the turn so far, the pause included, at any rate. Raises nothing; returns within the deadline.
        """
        started_seconds = self._clock.monotonic_seconds()
        by_voice, told = await self._ask_in_time(pcm, caller)
        self._metrics.turn_judgement_seconds.labels(by=told.value).observe(self._clock.monotonic_seconds() - started_seconds)
        return by_voice

    def together(self, by_voice: float | None, transcript: str, language: str | None) -> float:
        """What voice and words say together, 0 to 1.

        transcript: all the words of the turn; of a part of them the end would be taken for the speaker's. Empty while they are not known.
        language: ISO 639-1, of what was said, where that is known.
        """
        by_words = finished_probability(transcript, language)
        return turn_probability(by_words, by_voice, knows_language=self._knows(language))

    def close(self) -> None:
        """Stop what is under way and give the model back."""
        for run in self._runs:
            run.cancel()
        self._kept.close()

    def _knows(self, language: str | None) -> bool:
        spec = self._recognisers.judging_turns()
        return language is None or spec is None or not spec.languages or language.lower().partition("-")[0] in spec.languages

    async def _ask_in_time(self, pcm: Pcm, caller: Caller) -> tuple[float | None, JudgedBy]:
        spec = self._recognisers.judging_turns()
        if spec is None or not len(pcm.samples):
            return None, JudgedBy.NO_MODEL
        lease = self._kept.lease(spec.id)
        if lease is None:
            return None, JudgedBy.LOADING
        try:
            async with asyncio.timeout(self.deadline_seconds):
                run = await self._begin(lease.host, spec, pcm, replace(caller, patience_seconds=self.deadline_seconds))
                # Nothing stops it in the middle, so it keeps its place in the line to its end, late or not.
                return await asyncio.shield(run), JudgedBy.VOICE
        except (TimeoutError, DeadlineMissed, QueueFull):
            return None, JudgedBy.LATE
        except VoxhelmError as error:
            self._log.warning("turn could not be judged by its voice", model=spec.id, code=error.code, reason=error.message)
            return None, JudgedBy.FAILED

    async def _begin(self, host: Host, spec: ModelSpec, pcm: Pcm, caller: Caller) -> "asyncio.Task[float | None]":
        """Wait for a turn and start to ask; the turn is given back when the model has answered."""
        async with AsyncExitStack() as waiting:
            await waiting.enter_async_context(self._admission.turn(spec.id, caller))
            await waiting.enter_async_context(self._at_work)
            turn = waiting.pop_all()

        async def asked() -> float | None:
            async with turn:
                return await self._ask(host, spec, pcm)

        run = asyncio.create_task(asked(), name=f"judge-{spec.id}")
        self._runs.add(run)
        run.add_done_callback(self._forget)
        return run

    def _forget(self, run: "asyncio.Task[float | None]") -> None:
        self._runs.discard(run)
        if not run.cancelled():
            run.exception()  # told to whoever still waits; for who does not, this is all

    async def _ask(self, host: Host, spec: ModelSpec, pcm: Pcm) -> float | None:
        capabilities = self._recognisers.capabilities_of(spec)
        rate_hz = capabilities.input_rate_hz or pcm.rate_hz
        sound = await asyncio.to_thread(_end_of, pcm, capabilities.longest_audio_seconds, rate_hz)
        async with aclosing(host.judge(_once(sound))) as guesses:
            async for guess in guesses:
                return guess.probability
        return None


async def _once(pcm: Pcm) -> AsyncGenerator[Pcm]:
    yield pcm


def _end_of(pcm: Pcm, seconds: float | None, rate_hz: int) -> Pcm:
    """The last `seconds` of `pcm`, all of it when None, at `rate_hz`."""
    counts = pcm.samples if seconds is None else pcm.samples[-round(seconds * pcm.rate_hz) :]
    resampler = Resampler(pcm.rate_hz, rate_hz)
    parts = (resampler.push(Pcm(counts, pcm.rate_hz)), resampler.finish())
    return Pcm(np.concatenate([part.samples for part in parts]), rate_hz)
