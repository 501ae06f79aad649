"""Utterances into words while they are spoken."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import Unavailable
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.kit.clock import Clock
from voxhelm.realtime.happenings import Happening, Heard, HeardPartly, HearingFailed
from voxhelm.realtime.hearing_cost import HearingCost
from voxhelm.realtime.judging import Words
from voxhelm.realtime.live_text import LiveText
from voxhelm.realtime.mishap import mishap
from voxhelm.realtime.partial_pace import PartialPace
from voxhelm.realtime.ration import Ration
from voxhelm.realtime.session_config import RATE_HZ, Transcription
from voxhelm.serving.hear import HearingRequest
from voxhelm.serving.routed_hearing import Hears
from voxhelm.telemetry.log import Log
from voxhelm.text.transcript import joined

# How long a look at what is being said may wait for its turn: then the recogniser has better things to do.
PARTIAL_PATIENCE_SECONDS: Final = 0.25
# What is heard on speculation may take as long as the utterance has, and a little more for short ones.
SPECULATION_SECONDS: Final = 2.0
# A detector reacts late: so much of the silence behind the voice is heard, too, where there is any.
ROOM_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Ears:
    """What utterances are heard with.

    partials: how many utterances of all sessions may be heard at once while they are spoken.
    stays: whether what is heard so stays in the local network. What a cloud is sent, and paid for, is sent once.
    """

    listener: Hears
    partials: Ration
    clock: Clock
    log: Log
    stays: Callable[[Transcription], bool]
    cost: HearingCost = field(default_factory=HearingCost)


@dataclass(frozen=True, slots=True)
class _Transcript:
    segments: tuple[Segment, ...]
    language: str | None


class LiveHearing:
    """Hears the utterances of one session. On the event loop; every method but `aclose` returns at once."""

    def __init__(self, ears: Ears, caller: Caller, post: Callable[[Happening], None]) -> None:
        """caller: whose session it is. post: told what was heard, never from inside one of the methods."""
        self._ears = ears
        self._caller = replace(caller, priority=Priority.REALTIME, patience_seconds=None)
        self._post = post
        self._open: dict[str, _Utterance] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def open(self, item_id: str, transcription: Transcription, *, partly: bool) -> None:
        """As `effects.OpenHearing`."""
        self._open[item_id] = _Utterance(item_id, transcription, partly, self)

    def feed(self, item_id: str, pcm: Pcm) -> None:
        """As `effects.FeedHearing`."""
        if item_id in self._open:
            self._open[item_id].feed(pcm)

    def pause(self, item_id: str) -> None:
        """As `effects.PauseHearing`."""
        if item_id in self._open:
            self._open[item_id].pause()

    def go_on(self) -> None:
        """Somebody speaks: what is being heard on speculation will not be all of it."""
        for utterance in self._open.values():
            utterance.go_on()

    def finish(self, item_id: str, seconds: float) -> None:
        """As `effects.FinishHearing`."""
        if item_id in self._open:
            self._open[item_id].finish(seconds)

    def drop(self, item_id: str) -> None:
        """As `effects.DropHearing`."""
        utterance = self._open.pop(item_id, None)
        if utterance is not None:
            utterance.stop()

    async def words(self, item_id: str) -> Words | None:
        """What was said until the utterance's last pause, when it has been heard; None when the speaker goes on before that."""
        utterance = self._open.get(item_id)
        return await utterance.words() if utterance is not None else None

    async def aclose(self) -> None:
        """Drop everything, and wait until no engine works for it any more."""
        for item_id in list(self._open):
            self.drop(item_id)
        await asyncio.gather(*self._closing, return_exceptions=True)

    @property
    def ears(self) -> Ears:
        """What it hears with."""
        return self._ears

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """For its utterances: do something beside the loop's other work; it is waited for when the session closes."""
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task

    def tell(self, utterance: "_Utterance", happening: Happening) -> None:
        """For its utterances: what came of one, unless it has been dropped."""
        if self._open.get(utterance.item_id) is utterance:
            if not isinstance(happening, HeardPartly):
                del self._open[utterance.item_id]
            self._post(happening)

    async def heard(self, pcm: Pcm, wanted: Transcription, *, patient: bool) -> _Transcript:
        """For its utterances: hear all of a sound. Raises VoxhelmError. patient: else only if nobody else needs the recogniser."""
        options = TranscribeOptions(
            language=wanted.language, languages=wanted.languages, prompt=wanted.prompt, keywords=wanted.keywords
        )
        caller = self._caller
        if not patient:
            caller = replace(caller, priority=Priority.INTERACTIVE, patience_seconds=PARTIAL_PATIENCE_SECONDS)
        began_seconds, whole = self._ears.clock.monotonic_seconds(), False
        try:
            async with aclosing(await self._ears.listener.hear(HearingRequest(pcm, wanted.model, options, caller))) as hearing:
                segments = tuple([segment async for segment in hearing.segments])
                whole = True
                return _Transcript(segments, hearing.language or _language(segments))
        finally:
            took_seconds = self._ears.clock.monotonic_seconds() - began_seconds
            self._ears.cost.note(wanted.model, pcm.duration_seconds, took_seconds, whole=whole)


class _Utterance:
    """One of them, from its first sound to its transcript. At most two tasks work for it at a time, mostly one."""

    def __init__(self, item_id: str, wanted: Transcription, partly: bool, owner: LiveHearing) -> None:
        self.item_id = item_id
        self._wanted = wanted
        self._partly = partly
        self._owner = owner
        self._once = not owner.ears.stays(wanted)
        self._pieces: list[NDArray[np.int16]] = []
        self._samples = 0
        self._text = LiveText()
        self._pace = PartialPace()
        self._partial: asyncio.Task[None] | None = None
        self._speculation: _Speculation | None = None
        self._speculated_seconds = 0.0
        self._whole: asyncio.Task[None] | None = None
        self._finished_seconds: float | None = None

    @property
    def _now_seconds(self) -> float:
        return self._owner.ears.clock.monotonic_seconds()

    @property
    def _sound_seconds(self) -> float:
        return self._samples / RATE_HZ

    def feed(self, pcm: Pcm) -> None:
        self._pieces.append(pcm.samples)
        self._samples += len(pcm.samples)
        if self._partly and not self._once and self._idle and self._pace.due(self._sound_seconds, self._now_seconds):
            self._look()

    @property
    def _idle(self) -> bool:
        speculating = self._speculation is not None and self._speculation.under_way
        return self._partial is None and not speculating and self._finished_seconds is None

    def pause(self) -> None:
        if self._finished_seconds is not None or self._once:
            return
        self._drop_speculation()
        spent = self._speculated_seconds > self._sound_seconds + SPECULATION_SECONDS
        if spent or not self._owner.ears.cost.speculation_pays(self._wanted.model):
            return
        self._stop_looking()
        speculation = _Speculation(self._now_seconds, self._sound_seconds)
        speculation.task = self._owner.begin(self._speculate(speculation, self._sound(0.0)))
        self._speculation = speculation

    def go_on(self) -> None:
        if self._finished_seconds is None and self._speculation is not None and self._speculation.under_way:
            self._drop_speculation()

    async def words(self) -> Words | None:
        speculation = self._speculation
        if speculation is None or speculation.task is None:
            return None
        await asyncio.wait([speculation.task])
        found = speculation.transcript
        if found is None or self._speculation is not speculation:
            return None
        return Words(joined(found.segments), found.language)

    def finish(self, seconds: float) -> None:
        self._finished_seconds = seconds
        self._stop_looking()
        speculation = self._speculation
        if speculation is None or speculation.failed or speculation.sound_seconds < seconds:
            self._drop_speculation()
            self._whole = self._owner.begin(self._hear_all())
        elif speculation.transcript is not None:
            # Not from inside the caller's own work on what led to this.
            asyncio.get_running_loop().call_soon(self._tell, speculation.transcript)

    def stop(self) -> None:
        self._finished_seconds = 0.0
        self._stop_looking()
        self._drop_speculation()
        if self._whole is not None:
            self._whole.cancel()

    def _look(self) -> None:
        window_seconds = self._sound_seconds - self._text.window_start_seconds
        if not self._owner.ears.cost.look_pays(self._wanted.model, window_seconds) or not self._owner.ears.partials.take():
            return
        self._pace.begin(self._sound_seconds, self._now_seconds)
        window, until_seconds = self._sound(self._text.window_start_seconds), self._sound_seconds
        self._partial = self._owner.begin(self._hear_partly(window, until_seconds))

    async def _hear_partly(self, window: Pcm, until_seconds: float) -> None:
        try:
            found = await self._owner.heard(window, self._wanted, patient=False)
        except Unavailable:
            pass  # the recogniser is busy, or away; the whole utterance is what counts
        except Exception as error:  # noqa: BLE001 - the whole utterance is what counts
            mishap(self._owner.ears.log, "a look at an utterance", error)
        else:
            delta = self._text.take(found.segments, until_seconds)
            if delta:
                self._owner.tell(self, HeardPartly(self.item_id, delta))
        finally:
            self._owner.ears.partials.give_back()
            self._pace.end(self._now_seconds)
            if self._partial is asyncio.current_task():
                self._partial = None

    async def _speculate(self, speculation: "_Speculation", sound: Pcm) -> None:
        try:
            speculation.transcript = await self._owner.heard(sound, self._wanted, patient=True)
        except Exception as error:  # noqa: BLE001 - it is tried again in earnest
            speculation.failed = True
            mishap(self._owner.ears.log, "hearing on speculation", error)
        finally:
            self._speculated_seconds += self._now_seconds - speculation.began_seconds
        if self._speculation is not speculation or self._finished_seconds is None:
            return
        if speculation.transcript is not None:
            self._tell(speculation.transcript)
        else:
            await self._hear_all()

    async def _hear_all(self) -> None:
        sound = self._sound(0.0)
        counts = round(((self._finished_seconds or 0.0) + ROOM_SECONDS) * RATE_HZ)
        try:
            transcript = await self._owner.heard(Pcm(sound.samples[:counts], RATE_HZ), self._wanted, patient=True)
        except Exception as error:  # noqa: BLE001 - the session goes on, and the log says what happened
            code, message = mishap(self._owner.ears.log, "an utterance", error)
            self._owner.tell(self, HearingFailed(self.item_id, code, message))
        else:
            self._tell(transcript)

    def _tell(self, found: _Transcript) -> None:
        transcript = joined(found.segments)
        rest = self._text.finish(transcript) if self._partly else ""
        if rest:
            self._owner.tell(self, HeardPartly(self.item_id, rest))
        seconds = self._finished_seconds or self._sound_seconds
        self._owner.tell(self, Heard(self.item_id, transcript, seconds, found.language, _logprobs(found.segments)))

    def _stop_looking(self) -> None:
        if self._partial is not None:
            self._partial.cancel()
            self._partial = None

    def _drop_speculation(self) -> None:
        speculation, self._speculation = self._speculation, None
        if speculation is not None and speculation.task is not None:
            speculation.task.cancel()

    def _sound(self, from_seconds: float) -> Pcm:
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        samples = self._pieces[0] if self._pieces else np.empty(0, dtype=np.int16)
        return Pcm(samples[round(from_seconds * RATE_HZ) :], RATE_HZ)


class _Speculation:
    """All that was said when the speaker paused, on its way to words."""

    def __init__(self, began_seconds: float, sound_seconds: float) -> None:
        self.began_seconds = began_seconds
        self.sound_seconds = sound_seconds
        self.task: asyncio.Task[None] | None = None
        self.transcript: _Transcript | None = None
        self.failed = False

    @property
    def under_way(self) -> bool:
        return self.transcript is None and not self.failed


def _language(segments: tuple[Segment, ...]) -> str | None:
    """The language of most of the sound, as far as the engine tells."""
    seconds: dict[str, float] = {}
    for segment in segments:
        if segment.language is not None:
            seconds[segment.language] = seconds.get(segment.language, 0.0) + segment.end_seconds - segment.start_seconds
    return max(seconds, key=lambda language: seconds[language], default=None)


def _logprobs(segments: tuple[Segment, ...]) -> tuple[tuple[str, float], ...]:
    words = (word for segment in segments for word in segment.words)
    return tuple((word.text, float(np.log(word.confidence))) for word in words if word.confidence)
