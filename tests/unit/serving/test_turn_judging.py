import asyncio
from dataclasses import replace

import numpy as np
import pytest

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.serving.admission import Admission
from voxhelm.serving.line import LineOptions
from voxhelm.serving.turn_evidence import turn_probability
from voxhelm.serving.turn_judging import TurnJudgement
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.engine import ENGINE
from voxhelm.text.turn_end import finished_probability

CALLER = Caller("somebody", Priority.REALTIME)
VOICE = Pcm(np.full(24_000, 8_000, dtype=np.int16), 24_000)
PAUSED = Pcm(np.concatenate((VOICE.samples, np.zeros(6_000, dtype=np.int16))), 24_000)


class Judge:
    """A model that is told what to do: how sure it is, whether it fails, and when it goes on."""

    def __init__(self):
        self.probability = 0.9
        self.error = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.heard = []
        self.at_work = 0


@pytest.fixture
async def voxhelm():
    made = make_voxhelm(models={"isolation": "inline", "time_to_live_seconds": 0})
    async with made.running():
        yield made


@pytest.fixture
def judge(monkeypatch):
    """Stands where the loaded model's host does its work."""
    told = Judge()

    async def guessed(_host, audio):
        told.at_work += 1
        try:
            told.heard.append([pcm async for pcm in audio])
            await told.may_answer.wait()
            if told.error is not None:
                raise told.error
            yield TurnGuess(told.probability)
        finally:
            told.at_work -= 1

    monkeypatch.setattr("voxhelm.hosting.inline.InlineHost.judge", guessed)
    return told


@pytest.fixture
async def judgement(voxhelm):
    metrics = voxhelm.services.metrics
    admission = Admission(LineOptions(), metrics, voxhelm.clock)
    made = TurnJudgement(voxhelm.catalog, voxhelm.residency, admission, metrics, voxhelm.clock, silent_log())
    made.deadline_seconds = 30.0
    yield made
    made.close()


async def loaded(judgement):
    judgement.prepare()
    while judgement._kept.lease("fake-turn") is None:
        await asyncio.sleep(0.001)


async def judged(judgement, pcm, transcript, language):
    return judgement.together(await judgement.by_voice(pcm, CALLER), transcript, language)


def counted(voxhelm, by):
    return voxhelm.services.metrics.registry.get_sample_value("voxhelm_turn_judgement_seconds_count", {"by": by})


async def test_before_the_model_is_loaded_words_alone_tell_and_it_begins_to_load(voxhelm, judgement):
    assert await judged(judgement, PAUSED, "I came and", "en") == finished_probability("I came and", "en")
    assert counted(voxhelm, "loading") == 1
    while voxhelm.residency.host_of("fake-turn") is None:
        await asyncio.sleep(0.001)


async def test_the_voice_and_the_words_tell_together(voxhelm, judgement):
    await loaded(judgement)
    done = await judged(judgement, PAUSED, "I came.", "en")
    assert done == turn_probability(finished_probability("I came.", "en"), 0.9)
    going_on = await judged(judgement, VOICE, "I came and", "en")
    assert going_on < finished_probability("I came and", "en")
    assert counted(voxhelm, "voice") == 2


async def test_without_sound_words_alone_tell(voxhelm, judgement):
    assert await judged(judgement, Pcm.silence(0, 24_000), "yes", "en") == finished_probability("yes", "en")
    assert counted(voxhelm, "no_model") == 1


async def test_without_a_model_words_alone_tell(voxhelm, judgement, monkeypatch):
    monkeypatch.setattr("voxhelm.catalog.recognisers.Recognisers.judging_turns", lambda _self: None)
    judgement.prepare()
    assert await judged(judgement, PAUSED, "yes", "en") == finished_probability("yes", "en")
    assert counted(voxhelm, "no_model") == 1


async def test_the_model_is_given_the_end_at_its_own_rate(voxhelm, judgement, judge, monkeypatch):
    capabilities = replace(ENGINE.capabilities, longest_audio_seconds=0.5)
    monkeypatch.setattr("voxhelm.catalog.recognisers.Recognisers.capabilities_of", lambda _self, _spec: capabilities)
    await loaded(judgement)
    await judged(judgement, PAUSED, "", None)
    ((pcm,),) = judge.heard
    assert (pcm.rate_hz, len(pcm.samples)) == (16_000, 8_000)
    assert np.abs(pcm.samples[:3_000]).mean() > 7_000
    assert np.abs(pcm.samples[-3_500:]).mean() < 10


async def test_a_language_that_the_model_does_not_know_gives_it_half_a_say(voxhelm, judgement, judge):
    await loaded(judgement)
    assert "uk" not in voxhelm.catalog.find("fake-turn").languages
    known = await judged(judgement, PAUSED, "", "en-US")
    unknown = await judged(judgement, PAUSED, "", "uk")
    assert 0.5 < unknown < known


async def test_a_model_that_is_late_is_not_waited_for(voxhelm, judgement, judge):
    await loaded(judgement)
    judge.may_answer.clear()
    judgement.deadline_seconds = 0.05
    assert await judged(judgement, PAUSED, "yes", "en") == finished_probability("yes", "en")
    assert counted(voxhelm, "late") == 1
    judge.may_answer.set()
    while judge.at_work:
        await asyncio.sleep(0.001)
    judgement.deadline_seconds = 30.0
    assert await judged(judgement, PAUSED, "yes", "en") > finished_probability("yes", "en")


async def test_with_too_many_callers_stale_work_never_piles_up_in_the_model(voxhelm, judgement, judge):
    await loaded(judgement)
    judge.may_answer.clear()
    judgement.deadline_seconds = 0.05
    for _ in range(3):
        answers = await asyncio.gather(*(judged(judgement, PAUSED, "yes", "en") for _ in range(30)))
        assert set(answers) == {finished_probability("yes", "en")}
    assert 0 < len(judge.heard) == judge.at_work < 30
    judge.may_answer.set()
    while judge.at_work:
        await asyncio.sleep(0.001)


async def test_a_model_that_fails_is_on_record_and_words_alone_tell(voxhelm, judgement, judge):
    await loaded(judgement)
    judge.error = EngineFailed("The network gave 3, which is no probability.")
    assert await judged(judgement, PAUSED, "yes", "en") == finished_probability("yes", "en")
    assert counted(voxhelm, "failed") == 1


async def test_a_caller_that_leaves_takes_nothing_with_it(voxhelm, judgement, judge):
    await loaded(judgement)
    judge.may_answer.clear()
    asked = asyncio.create_task(judged(judgement, PAUSED, "yes", "en"))
    while not judge.at_work:
        await asyncio.sleep(0.001)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    judge.may_answer.set()
    while judge.at_work:
        await asyncio.sleep(0.001)
    assert await judged(judgement, PAUSED, "yes", "en") > finished_probability("yes", "en")


async def test_closing_stops_what_is_under_way(voxhelm, judgement, judge):
    await loaded(judgement)
    judge.may_answer.clear()
    judgement.deadline_seconds = 0.05
    await judged(judgement, PAUSED, "yes", "en")
    judgement.close()
    while judge.at_work or voxhelm.residency.host_of("fake-turn") is not None:
        await asyncio.sleep(0.001)
