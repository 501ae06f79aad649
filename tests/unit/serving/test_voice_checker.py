"""A Bulgarian voice that says "Обърден" for "Добър ден", and a recogniser that tells."""

from contextlib import asynccontextmanager

import pytest

from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import ParameterInvalid, VoiceNotFound
from voxhelm.serving.speak import SpeechRequest
from voxhelm.serving.voice_check import Verdict
from voxhelm.serving.voice_checker import CheckRequest
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.clock import ManualClock
from voxhelm.testing.parrot_engine import PARROT_ENGINE

GREETING = ("Добър ден",)


class World:
    """An instance, and the mood of its first parrot."""

    def __init__(self, voxhelm, mood_file, clock):
        self.voxhelm = voxhelm
        self.checker = voxhelm.services.voice_checks
        self.mood_file = mood_file
        self.clock = clock

    async def check(self, voice="bg", language=None, sentences=GREETING):
        return [one async for one in self.checker.check(CheckRequest(voice, language, sentences))]

    async def say(self):
        reply = await self.voxhelm.services.speaker.speak(SpeechRequest("Добър ден", "auto", "bg", AudioFormat.PCM))
        await reply.aclose()
        return reply.chosen.spec.id, reply.route

    def metric(self, name, **labels):
        return self.voxhelm.services.metrics.registry.get_sample_value(f"voxhelm_voice_{name}", {"language": "bg", **labels})


@pytest.fixture
def world(tmp_path):
    @asynccontextmanager
    async def making(**settings):
        clock, mood_file = ManualClock(), tmp_path / "mood"
        moods = {"parrot-a": {"mood_file": str(mood_file)}}
        models = {"isolation": "inline", "extra_engines": (PARROT_ENGINE,), "settings_by_model": moods}
        voxhelm = make_voxhelm(clock, models=models, routes={"speech": {"bg": ["parrot-a", "parrot-b"]}}, **settings)
        async with voxhelm.running():
            yield World(voxhelm, mood_file, clock)

    return making


async def test_a_voice_that_is_understood_is_good(world):
    async with world() as one:
        (check,) = await one.check()
    assert (check.voice, check.language, check.verdict) == ("parrot-a/parrot-a-bg", "bg", Verdict.GOOD)
    assert (check.word_error_rate, check.character_error_rate, check.words) == (0.0, 0.0, 2)
    assert check.recogniser.startswith("ear-a ")


async def test_a_voice_that_loses_its_first_sound_is_found_out(world):
    async with world() as one:
        one.mood_file.write_text("mumble")
        (check,) = await one.check()
    assert check.verdict is Verdict.WORSE
    (sentence,) = check.sentences
    assert (sentence.said, sentence.heard) == ("Добър ден", "обърден")
    assert (check.word_error_rate, check.character_error_rate) == (1.0, 1 / 8)
    assert "100% of its words were not understood" in check.reason


async def test_a_route_takes_another_voice_while_it_mumbles_and_comes_back_to_it(world):
    async with world() as one:
        await one.check(sentences=())
        assert await one.say() == ("parrot-a", "1/2")
        one.mood_file.write_text("mumble")
        await one.check(sentences=())
        assert await one.say() == ("parrot-a", "1/2")
        await one.check(sentences=())
        assert await one.say() == ("parrot-b", "2/2; parrot-a: degraded")
        assert one.metric("degraded", voice="parrot-a/parrot-a-bg") == 1
        assert one.metric("word_error_rate", voice="parrot-a/parrot-a-bg") > 0.25
        (speech,) = (route for route in one.voxhelm.services.routes.routes("bg") if route.capability == "speech")
        assert (speech.steps[0].usable, speech.steps[0].reason) == (True, "degraded")
        one.mood_file.write_text("")
        await one.check(sentences=())
        assert (await one.say())[0] == "parrot-b"
        await one.check(sentences=())
        assert await one.say() == ("parrot-a", "1/2")
        assert one.metric("degraded", voice="parrot-a/parrot-a-bg") == 0


async def test_sentences_of_somebodys_own_move_no_route(world):
    async with world() as one:
        one.mood_file.write_text("mumble")
        for _ in range(3):
            await one.check()
        assert await one.say() == ("parrot-a", "1/2")


async def test_a_voice_is_compared_with_itself(world):
    async with world(quality={"word_error_limit": 2.0}) as one:
        sentences = ("Добър ден на всички хора",)
        (before,) = await one.check(sentences=sentences)
        assert before.usual_word_error_rate is None
        one.mood_file.write_text("mumble")
        (after,) = await one.check(sentences=sentences)
    assert after.usual_word_error_rate == 0.0
    assert after.verdict is Verdict.WORSE
    assert "it used to be 0%" in after.reason


async def test_without_a_name_the_operators_voices_are_checked_with_sentences_of_their_language(world):
    async with world() as one:
        found = await one.check(voice=None, sentences=())
    assert [(check.name, check.language, check.verdict) for check in found] == [
        ("bg", "bg", Verdict.GOOD),
        ("en", "en", Verdict.GOOD),
    ]
    assert all(check.words > 20 for check in found)


async def test_with_a_language_alone_everybody_who_speaks_it_is(world):
    async with world() as one:
        found = await one.check(voice=None, language="bg")
    assert {check.voice for check in found} >= {"parrot-a/parrot-a-bg", "parrot-b/parrot-b-bg"}


async def test_a_language_that_nobody_hears_or_that_has_no_sentences_is_told_plainly(world):
    async with world() as one:
        (unheard,) = await one.check(voice="espeak-ng/cy")
        (silent,) = await one.check(voice="espeak-ng/en-gb", language="cy", sentences=())
    assert (unheard.verdict, unheard.word_error_rate) == (Verdict.UNHEARD, None)
    assert "no installed recogniser" in unheard.reason
    assert silent.verdict is Verdict.UNHEARD


async def test_a_voice_that_fails_is_told_and_not_kept(world):
    async with world() as one:
        one.mood_file.write_text("fail")
        (check,) = await one.check()
        assert (check.verdict, check.reason) == (Verdict.FAILED, "'parrot-a' was told to fail.")
        assert not one.checker.book.records()


@pytest.mark.parametrize("sentences", [("...",), ("x" * 501,), ("Добър ден",) * 101])
async def test_sentences_that_make_no_sense_are_refused(world, sentences):
    async with world() as one:
        with pytest.raises(ParameterInvalid):
            await one.check(sentences=sentences)
        with pytest.raises(VoiceNotFound):
            await one.check(voice="nobody")


async def test_the_canary_checks_what_is_due_and_leaves_the_rest_alone(world):
    async with world(quality={"canary": True, "canary_interval_seconds": 3600}) as one:
        canary = one.voxhelm.canary
        await canary.round()
        records = {record.voice: len(record.checks) for record in one.checker.book.records()}
        assert records == {"parrot-a/parrot-a-bg": 1, "parrot-a/parrot-a-en": 1, "parrot-b/parrot-b-bg": 1}
        await canary.round()
        one.clock.advance(3601)
        one.mood_file.write_text("mumble")
        await canary.round()
        one.clock.advance(3601)
        await canary.round()
        assert {record.voice: len(record.checks) for record in one.checker.book.records()} == dict.fromkeys(records, 3)
    assert "parrot-a/parrot-a-bg" in one.checker.book.degraded
    assert "parrot-b/parrot-b-bg" not in one.checker.book.degraded
