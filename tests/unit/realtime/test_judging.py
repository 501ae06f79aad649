import asyncio

import pytest

from tests.unit.realtime.conversing import begin, parrots, sound_of
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.effects import JudgeTurn
from voxhelm.realtime.happenings import TurnJudged
from voxhelm.realtime.judging import Judging, Words
from voxhelm.realtime.session_config import Input, SemanticVad, SessionConfig, Transcription

PCM = Pcm.silence(1.0, 24_000)


class Judges:
    """Says 0.4 by voice, and tells what it was asked for."""

    def __init__(self):
        self.together_with = []
        self.callers = []

    def prepare(self):
        raise AssertionError("that is the conductor's to do")

    async def by_voice(self, _pcm, caller):
        self.callers.append(caller)
        return 0.4

    def together(self, by_voice, transcript, language):
        self.together_with.append((by_voice, transcript, language))
        return 0.9 if transcript else 0.4


@pytest.fixture
def judges():
    return Judges()


@pytest.fixture
async def judging(judges):
    """Asked with what `said` is going to hold; `posted` is what came of it."""

    class Asked:
        def __init__(self):
            self.posted = []
            self.said = {}
            self.judging = Judging(judges, self.words, Caller("key", Priority.BATCH, 3.0), self.posted.append)

        async def words(self, item_id):
            return await self.said.setdefault(item_id, asyncio.get_running_loop().create_future())

        def judge(self, item_id, number):
            self.judging.judge(JudgeTurn(item_id, number, PCM, "i came and", "de", SemanticVad()))

        async def until(self, count):
            while len(self.posted) < count:
                await asyncio.sleep(0)

    asked = Asked()
    yield asked
    await asked.judging.aclose()


async def test_the_voice_tells_at_once_and_the_words_when_all_of_them_are_there(judging, judges):
    judging.judge("a", 1)
    await judging.until(1)
    assert judging.posted == [TurnJudged("a", 1, 0.4)]
    judging.said["a"].set_result(Words("I came and saw.", "en"))
    await judging.until(2)
    assert judging.posted[1] == TurnJudged("a", 1, 0.9)
    # Words that were known before the pause are not the end of what was said.
    assert judges.together_with == [(0.4, "", "de"), (0.4, "I came and saw.", "en")]


async def test_a_language_that_nobody_heard_is_the_one_that_was_set(judging, judges):
    judging.judge("a", 1)
    await judging.until(1)
    judging.said["a"].set_result(Words("ja", None))
    await judging.until(2)
    assert judges.together_with[-1] == (0.4, "ja", "de")


async def test_without_words_the_voice_has_the_last_say(judging):
    judging.judge("a", 1)
    await judging.until(1)
    judging.said["a"].set_result(None)
    await judging.judging._task
    assert judging.posted == [TurnJudged("a", 1, 0.4)]


async def test_the_next_pause_makes_the_last_one_worthless(judging):
    judging.judge("a", 1)
    await judging.until(1)
    first = judging.said.pop("a")
    judging.judge("a", 2)
    await judging.until(2)
    assert first.cancelled()
    judging.said["a"].set_result(Words("I came.", "en"))
    await judging.until(3)
    assert [one.number for one in judging.posted] == [1, 2, 2]


async def test_it_is_urgent_whoever_asks(judging, judges):
    judging.judge("a", 1)
    await judging.until(1)
    assert judges.callers == [Caller("key", Priority.REALTIME, None)]


async def test_closing_stops_it_and_tells_nothing_more(judging):
    judging.judge("a", 1)
    await judging.until(1)
    await judging.judging.aclose()
    assert judging.said["a"].cancelled()
    assert len(judging.posted) == 1


SEMANTIC = SessionConfig("echo", input=Input(transcription=Transcription(language="en"), turn_detection=SemanticVad()))


@pytest.fixture
async def client():
    """In a conversation whose turns end where they read finished; no model hears it there."""
    async with (voxhelm := parrots()).running():
        yield await begin(voxhelm.services.sessions, SEMANTIC)


async def judged(client, other_than=None):
    """The speaker has paused and has been judged, by words as well; returns the judgement, so that the next one is told from it."""
    while (task := client.conductor._judging._task) in (None, other_than) or not task.done():
        await asyncio.sleep(0)
    return task


async def test_a_question_is_answered_without_waiting_for_more(client):
    client.speak("Where is the station?", silence_seconds=0.3)
    await judged(client)
    client.append(Pcm.silence(0.2, 24_000))
    stopped = await client.until("input_audio_buffer.speech_stopped")
    spoken_ms = sound_of("Where is the station?").duration_seconds * 1000
    assert stopped["audio_end_ms"] <= spoken_ms + 600
    assert (await client.until("conversation.item.input_audio_transcription.completed"))["transcript"] == "Where is the station?"


async def test_who_breaks_off_at_an_and_is_waited_for(client):
    client.speak("I would like a table and", silence_seconds=0.3)
    first = await judged(client)
    client.append(Pcm.silence(1.5, 24_000))
    client.speak("two chairs, please.", silence_seconds=0.3)
    await judged(client, other_than=first)
    client.append(Pcm.silence(1.0, 24_000))
    await client.until("input_audio_buffer.speech_stopped")
    completed = await client.until("conversation.item.input_audio_transcription.completed")
    assert completed["transcript"].startswith("I would like a table and ")
    assert client.kinds.count("input_audio_buffer.speech_started") == 1
