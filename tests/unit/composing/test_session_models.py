"""What is loaded for a conversation before anybody has spoken."""

import asyncio

import pytest

from tests.unit.realtime.conversing import WITH_VAD, begin, parrots
from voxhelm.realtime.session_config import Input, Kind, Output, ServerVad, SessionConfig, Transcription

EAR, VOICE, OTHER_VOICE, DETECTOR = "ear-a", "parrot-a", "parrot-b", "parrot-detector"
STAYS = {"time_to_live_seconds": 60}


def named(**more):
    """A session that names its models, of the parrots there are."""
    transcription = Transcription(model=EAR)
    return SessionConfig("echo", input=Input(transcription=transcription, turn_detection=ServerVad()), **more)


def loaded(voxhelm):
    return {model.id for model in voxhelm.services.inventory.models() if model.state in ("loading", "loaded")}


async def until_loaded(voxhelm, *model_ids):
    async with asyncio.timeout(30):
        while not set(model_ids) <= {model.id for model in voxhelm.services.inventory.models() if model.state == "loaded"}:
            await asyncio.sleep(0.01)


async def test_a_conversation_loads_who_hears_and_who_speaks():
    async with (voxhelm := parrots(models=STAYS)).running():
        await begin(voxhelm.services.sessions, named(output=Output(voice="parrot-a-en")))
        await until_loaded(voxhelm, EAR, VOICE)


async def test_who_wants_words_only_needs_no_voice():
    async with (voxhelm := parrots(models=STAYS)).running():
        await begin(voxhelm.services.sessions, named(kind=Kind.TRANSCRIPTION))
        await until_loaded(voxhelm, EAR)
        assert not loaded(voxhelm) & {VOICE, OTHER_VOICE}


async def test_another_voice_is_loaded_when_it_is_chosen():
    async with (voxhelm := parrots(models=STAYS)).running():
        client = await begin(voxhelm.services.sessions, named(output=Output(voice="parrot-a-en")))
        await until_loaded(voxhelm, VOICE)
        client.tell("session.update", session={"type": "realtime", "audio": {"output": {"voice": "parrot-b-en"}}})
        await until_loaded(voxhelm, OTHER_VOICE)


@pytest.mark.parametrize(
    "settings",
    [{"models": STAYS, "realtime": {"warm_models": False}}, {"models": {"time_to_live_seconds": 0}}],
    ids=["off", "leaves"],
)
async def test_nothing_is_loaded_where_that_is_not_wanted_or_it_would_leave_at_once(settings):
    async with (voxhelm := parrots(**settings)).running():
        client = await begin(voxhelm.services.sessions, WITH_VAD)
        client.tell("session.update", session={"type": "realtime", "instructions": "Be brief."})
        await client.until("session.updated")
        assert loaded(voxhelm) == set()
