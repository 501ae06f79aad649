import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import DeadlineMissed, EngineFailed
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.realtime.happenings import Heard, HeardPartly, HearingFailed
from voxhelm.realtime.live_hearing import ROOM_SECONDS, Ears, LiveHearing
from voxhelm.realtime.ration import Ration
from voxhelm.realtime.session_config import Transcription
from voxhelm.serving.hear import Hearing
from voxhelm.serving.progress import Progress
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.clock import ManualClock

SPEC = ModelSpec("ear", "fake", Capability.TRANSCRIPTION, ("en",))
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


class Listener:
    """Hears a word in each half second, when it is let."""

    def __init__(self, clock):
        self.clock = clock
        self.let = asyncio.Event()
        self.let.set()
        self.asked = []
        self.open = 0
        self.failures = []
        self.cost_seconds = 0.0

    async def hear(self, request):
        self.asked.append(request)
        if self.failures:
            raise self.failures.pop(0)
        resources = AsyncExitStack()
        self.open += 1
        resources.callback(self._close)
        return Hearing(SPEC, None, Progress(), self._segments(request), resources)

    def _close(self):
        self.open -= 1

    async def _segments(self, request):
        await self.let.wait()
        self.clock.advance(self.cost_seconds)
        words = WORDS[: int(request.source.duration_seconds / 0.5)]
        yield Segment(" ".join(words), 0.0, request.source.duration_seconds, language="en")


class Scene:
    def __init__(self, partials=4, *, stays=True):
        self.clock = ManualClock()
        self.listener = Listener(self.clock)
        self.told = []
        self.ration = Ration(partials)
        ears = Ears(self.listener, self.ration, self.clock, silent_log(), lambda _: stays)
        self.hearing = LiveHearing(ears, Caller("ann", patience_seconds=3.0), self.told.append)

    def open(self, item_id="item", *, partly=False):
        self.hearing.open(item_id, Transcription("tiny", "en", prompt="Names", keywords=("Ada",)), partly=partly)

    def feed(self, seconds, item_id="item"):
        self.hearing.feed(item_id, Pcm(np.zeros(round(seconds * 24_000), np.int16), 24_000))

    async def settle(self):
        """As long as anything can happen by itself."""
        for _ in range(50):
            await asyncio.sleep(0)

    @property
    def deltas(self):
        return [one.delta for one in self.told if isinstance(one, HeardPartly)]

    @property
    def outcomes(self):
        return [one for one in self.told if not isinstance(one, HeardPartly)]


@pytest.fixture
async def scene():
    made = Scene()
    yield made
    made.listener.let.set()
    await made.hearing.aclose()
    assert made.listener.open == 0


async def test_an_utterance_is_heard_when_it_is_over(scene):
    scene.open()
    for _ in range(4):
        scene.feed(0.5)
    scene.hearing.finish("item", 1.5)
    await scene.settle()
    assert scene.told == [Heard("item", "one two three", 1.5, "en")]
    (request,) = scene.listener.asked
    assert request.model == "tiny"
    assert (request.options.language, request.options.prompt, request.options.keywords) == ("en", "Names", ("Ada",))
    assert request.caller == Caller("ann", Priority.REALTIME)
    assert request.source.duration_seconds == pytest.approx(1.5 + ROOM_SECONDS)


async def test_words_are_told_while_it_goes_on(scene):
    scene.open(partly=True)
    for _ in range(6):
        scene.feed(0.5)
        await scene.settle()
    scene.hearing.finish("item", 3.0)
    await scene.settle()
    assert scene.deltas == ["one", " two", " three", " four", " five six"] or "".join(scene.deltas) == "one two three four five six"
    assert len(scene.deltas) > 2
    assert scene.outcomes == [Heard("item", "one two three four five six", 3.0, "en")]
    first = scene.listener.asked[0]
    assert (first.caller.priority, first.caller.patience_seconds is not None) == (Priority.INTERACTIVE, True)


async def test_a_slow_recogniser_is_asked_less_often(scene):
    scene.listener.cost_seconds = 2.0
    scene.open(partly=True)
    for _ in range(20):
        scene.feed(0.1)
        scene.clock.advance(0.1)
        await scene.settle()
    # One look takes two seconds, and rests for two.
    assert len(scene.listener.asked) == 1


async def test_no_more_utterances_are_looked_at_than_allowed():
    scene = Scene(partials=1)
    scene.listener.let.clear()
    scene.open("a", partly=True)
    scene.open("b", partly=True)
    scene.feed(1.0, "a")
    scene.feed(1.0, "b")
    await scene.settle()
    assert len(scene.listener.asked) == 1
    scene.hearing.drop("a")
    await scene.settle()
    scene.feed(0.5, "b")
    await scene.settle()
    assert len(scene.listener.asked) == 2
    await scene.hearing.aclose()
    assert scene.ration.take()


async def test_what_was_heard_on_speculation_is_the_transcript_when_nobody_went_on(scene):
    scene.open()
    scene.feed(1.5)
    scene.hearing.pause("item")
    await scene.settle()
    assert scene.told == []
    scene.feed(0.5)  # silence
    scene.hearing.finish("item", 1.4)
    assert scene.told == []  # not from inside
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two three", 1.4, "en")]
    assert len(scene.listener.asked) == 1


async def test_speculation_that_is_still_under_way_is_waited_for(scene):
    scene.listener.let.clear()
    scene.open()
    scene.feed(1.5)
    scene.hearing.pause("item")
    await scene.settle()
    scene.hearing.finish("item", 1.5)
    await scene.settle()
    assert scene.told == []
    scene.listener.let.set()
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two three", 1.5, "en")]
    assert len(scene.listener.asked) == 1


async def test_speculation_is_worthless_when_the_speaker_went_on(scene):
    scene.open()
    scene.feed(1.5)
    scene.hearing.pause("item")
    await scene.settle()
    scene.feed(1.0)
    scene.hearing.finish("item", 2.5)
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two three four five", 2.5, "en")]


async def test_speculation_is_broken_off_when_the_speaker_goes_on(scene):
    scene.listener.let.clear()
    scene.open()
    scene.feed(1.5)
    scene.hearing.pause("item")
    await scene.settle()
    scene.hearing.go_on()
    await scene.settle()
    assert scene.listener.open == 0
    scene.listener.let.set()
    scene.hearing.pause("item")
    await scene.settle()
    scene.hearing.finish("item", 1.5)
    await scene.settle()
    assert len(scene.outcomes) == 1


async def test_somebody_who_pauses_all_the_time_is_not_heard_on_speculation_for_ever(scene):
    scene.listener.cost_seconds = 2.0
    scene.open()
    scene.feed(1.0)
    for _ in range(10):
        scene.hearing.pause("item")
        await scene.settle()
    assert len(scene.listener.asked) == 2


async def test_speculation_that_fails_is_tried_again_in_earnest(scene):
    scene.listener.failures = [EngineFailed("No.")]
    scene.open()
    scene.feed(1.0)
    scene.hearing.pause("item")
    await scene.settle()
    scene.hearing.finish("item", 1.0)
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two", 1.0, "en")]


async def test_what_cannot_be_heard_is_told_with_its_code(scene):
    scene.listener.failures = [EngineFailed("It broke.")]
    scene.open()
    scene.feed(1.0)
    scene.hearing.finish("item", 1.0)
    await scene.settle()
    assert scene.told == [HearingFailed("item", "engine_failed", "It broke.")]


async def test_a_bug_is_told_without_its_words(scene):
    scene.listener.failures = [KeyError("secret")]
    scene.open()
    scene.feed(1.0)
    scene.hearing.finish("item", 1.0)
    await scene.settle()
    (failed,) = scene.told
    assert failed.code == "internal_error"
    assert "secret" not in failed.message


@pytest.mark.parametrize("failure", [DeadlineMissed("Busy."), EngineFailed("No."), KeyError("bug")])
async def test_a_look_that_fails_harms_nothing(scene, failure):
    scene.listener.failures = [failure]
    scene.open(partly=True)
    scene.feed(1.0)
    await scene.settle()
    scene.clock.advance(1.0)
    scene.feed(1.0)
    await scene.settle()
    scene.hearing.finish("item", 2.0)
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two three four", 2.0, "en")]


async def test_speculation_with_a_bug_harms_nothing(scene):
    scene.listener.failures = [KeyError("bug")]
    scene.open()
    scene.feed(1.0)
    scene.hearing.pause("item")
    await scene.settle()
    scene.hearing.finish("item", 1.0)
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two", 1.0, "en")]


async def test_what_leaves_the_network_leaves_it_once():
    scene = Scene(stays=False)
    scene.open(partly=True)
    for _ in range(4):
        scene.feed(0.5)
        await scene.settle()
    scene.hearing.pause("item")
    await scene.settle()
    assert scene.listener.asked == []
    scene.hearing.finish("item", 2.0)
    await scene.settle()
    assert scene.told[-1] == Heard("item", "one two three four", 2.0, "en")
    assert len(scene.listener.asked) == 1


async def test_what_is_dropped_is_stopped_at_once_and_says_nothing(scene):
    scene.listener.let.clear()
    for item_id in ("look", "pause", "finish"):
        scene.open(item_id, partly=item_id == "look")
        scene.feed(1.0, item_id)
    scene.hearing.pause("pause")
    scene.hearing.finish("finish", 1.0)
    await scene.settle()
    assert scene.listener.open == 3
    for item_id in ("look", "pause", "finish"):
        scene.hearing.drop(item_id)
    await scene.settle()
    assert scene.listener.open == 0
    scene.listener.let.set()
    await scene.settle()
    assert scene.told == []


async def test_an_item_that_was_dropped_may_begin_anew(scene):
    scene.open()
    scene.feed(1.0)
    scene.hearing.finish("item", 1.0)
    scene.hearing.drop("item")
    scene.open()
    scene.feed(2.0)
    scene.hearing.finish("item", 2.0)
    await scene.settle()
    assert scene.outcomes == [Heard("item", "one two three four", 2.0, "en")]


async def test_what_nobody_opened_is_nobodys(scene):
    scene.feed(1.0, "other")
    scene.hearing.pause("other")
    scene.hearing.finish("other", 1.0)
    scene.hearing.drop("other")
    await scene.settle()
    assert scene.told == []


async def test_closing_stops_everything():
    scene = Scene()
    scene.listener.let.clear()
    scene.open(partly=True)
    scene.feed(1.0)
    await scene.settle()
    assert scene.listener.open == 1
    await scene.hearing.aclose()
    assert scene.listener.open == 0
