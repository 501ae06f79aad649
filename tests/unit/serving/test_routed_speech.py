"""Parrots, one of which is not in the mood."""

from contextlib import asynccontextmanager

import pytest

from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import EngineFailed, TextEmpty, Unavailable
from voxhelm.serving.speak import SpeechRequest
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.clock import ManualClock
from voxhelm.testing.engine import FAKE_ENGINE
from voxhelm.testing.parrot_engine import PARROT_ENGINE

ROUTE = {"bg": ["parrot-a", "parrot-b"], "*": ["parrot-a", "parrot-b"]}


class World:
    """An instance, and the moods of its parrots."""

    def __init__(self, directory, voxhelm, clock):
        self.directory = directory
        self.voxhelm = voxhelm
        self.clock = clock

    def mood(self, model_id, mood):
        (self.directory / model_id).write_text(mood)

    async def say(self, text="Добър ден", model="auto", voice=None, caller=None):
        wanted = SpeechRequest(text, model, voice, AudioFormat.PCM, caller=caller or Caller())
        reply = await self.voxhelm.services.speaker.speak(wanted)
        try:
            _ = [chunk async for chunk in reply.chunks]
        finally:
            await reply.aclose()
        return reply.chosen.spec.id, reply.route

    def fallbacks(self, reason):
        labels = {"capability": "speech", "from": "parrot-a", "to": "parrot-b", "reason": reason}
        return self.voxhelm.services.metrics.registry.get_sample_value("voxhelm_route_fallbacks_total", labels) or 0


@pytest.fixture
def world(tmp_path):
    @asynccontextmanager
    async def making(route=ROUTE, models=(), settings=(), **routes):
        clock = ManualClock()
        moods = {model_id: {"mood_file": str(tmp_path / model_id)} for model_id in ("parrot-a", "parrot-b")}
        voxhelm = make_voxhelm(
            clock,
            models={"isolation": "inline", "extra_engines": (PARROT_ENGINE,), "settings_by_model": moods, **dict(models)},
            routes={"speech": route, **routes},
            **dict(settings),
        )
        async with voxhelm.running():
            yield World(tmp_path, voxhelm, clock)

    return making


async def test_the_first_step_speaks_when_it_can(world):
    async with world() as one:
        assert await one.say() == ("parrot-a", "1/2")
        assert not one.fallbacks("failed")


async def test_one_that_fails_before_its_first_sound_is_replaced_within_the_request(world):
    async with world() as one:
        one.mood("parrot-a", "fail")
        assert await one.say() == ("parrot-b", "2/2; parrot-a: failed")
        assert one.fallbacks("failed") == 1


async def test_one_that_does_not_load_is_replaced(world):
    async with world() as one:
        one.mood("parrot-a", "refuse")
        assert await one.say() == ("parrot-b", "2/2; parrot-a: not loaded")


async def test_after_some_failures_it_is_left_alone_and_then_tried_again(world):
    async with world(pause_seconds=10.0) as one:
        one.mood("parrot-a", "fail")
        told = [(await one.say())[1] for _ in range(4)]
        assert told == ["2/2; parrot-a: failed"] * 3 + ["2/2; parrot-a: breaker open"]
        one.mood("parrot-a", "")
        assert await one.say() == ("parrot-b", "2/2; parrot-a: breaker open")
        one.clock.advance(11.0)
        assert await one.say() == ("parrot-a", "1/2")
        assert await one.say() == ("parrot-a", "1/2")


async def test_in_a_text_of_two_models_the_one_that_failed_is_left_and_not_the_other(world):
    mixed = {
        "voices": {
            "logical": {"both": {"by_language": {"en": {"model": "fake-speech", "voice": "tone"}, "bg": {"model": "parrot-a"}}}}
        }
    }
    extra = {"extra_engines": (PARROT_ENGINE, FAKE_ENGINE)}
    async with world(models=extra, settings=mixed) as one:
        one.mood("parrot-a", "refuse")
        wanted = SpeechRequest("This is most of it, and it is in English. Добър ден.", "auto", "both", AudioFormat.PCM)
        reply = await one.voxhelm.services.speaker.speak(wanted)
        await reply.aclose()
        assert reply.chosen.spec.id == "fake-speech"
        steps = {step.model: step for route in one.voxhelm.services.routes.routes("bg") for step in route.steps}
        assert steps["parrot-a"].failures == 1


async def test_when_all_fail_the_caller_learns_of_the_first_failure(world):
    async with world() as one:
        one.mood("parrot-a", "fail")
        one.mood("parrot-b", "fail")
        with pytest.raises(EngineFailed, match="'parrot-a' was told to fail"):
            await one.say()


async def test_when_all_are_left_alone_the_caller_learns_when_to_come_back(world):
    async with world(tolerated_failures=1, pause_seconds=20.0) as one:
        one.mood("parrot-a", "fail")
        one.mood("parrot-b", "fail")
        with pytest.raises(EngineFailed):
            await one.say()
        with pytest.raises(Unavailable, match="parrot-a: breaker open, parrot-b: breaker open") as refused:
            await one.say()
        assert refused.value.retry_after_seconds == pytest.approx(20.0)


async def test_only_so_many_are_tried(world):
    async with world(attempts=1) as one:
        one.mood("parrot-a", "fail")
        with pytest.raises(EngineFailed):
            await one.say()


async def test_the_callers_own_mistakes_are_nobodys_fault(world):
    async with world() as one:
        for _ in range(5):
            with pytest.raises(TextEmpty):
                await one.say("  ")
        assert await one.say() == ("parrot-a", "1/2")


@pytest.mark.parametrize("named", [{"model": "parrot-a"}, {"voice": "parrot-a-bg"}, {"voice": "parrot-a/parrot-a-bg"}])
async def test_who_names_one_gets_that_one_or_its_error(world, named):
    async with world() as one:
        assert await one.say(**named) == ("parrot-a", "named")
        one.mood("parrot-a", "fail")
        with pytest.raises(EngineFailed):
            await one.say(**named)


@pytest.mark.parametrize("named", [{"model": "parrot-a"}, {"voice": "parrot-a-bg"}])
async def test_unless_the_operator_says_otherwise(world, named):
    async with world(on_named=True) as one:
        one.mood("parrot-a", "fail")
        assert await one.say(**named) == ("parrot-b", "2/2; parrot-a: failed")


async def test_names_of_openai_and_of_the_operator_are_routed(world):
    async with world() as one:
        one.mood("parrot-a", "fail")
        for model, voice in (("tts-1", "alloy"), ("auto", "bg")):
            assert (await one.say(model=model, voice=voice))[0] == "parrot-b"


async def test_without_a_setting_whoever_else_speaks_the_language_stands_in(world):
    async with world(route={}) as one:
        one.mood("parrot-a", "fail")
        model, route = await one.say()
        assert (model, route.partition(";")[2]) == ("parrot-b", " parrot-a: failed")


async def test_a_step_that_is_not_installed_or_cannot_do_it_is_passed_over(world):
    async with world(route={"bg": ["piper:bg_BG-dimitar-medium", "flite", "parrot-b"]}) as one:
        model, route = await one.say()
        assert model == "parrot-b"
        assert route.startswith("3/3; piper:bg_BG-dimitar-medium: not installed; flite: ")


async def test_a_failure_behind_the_first_sound_is_told_and_counted(world):
    async with world(tolerated_failures=1) as one:
        with pytest.raises(EngineFailed):
            # The second sentence of a long text fails when the mood has changed meanwhile.
            wanted = SpeechRequest("Добър ден. " * 2_000, "auto", None, AudioFormat.PCM)
            reply = await one.voxhelm.services.speaker.speak(wanted)
            one.mood("parrot-a", "fail")
            try:
                _ = [chunk async for chunk in reply.chunks]
            finally:
                await reply.aclose()
        assert (await one.say())[1] == "2/2; parrot-a: breaker open"
