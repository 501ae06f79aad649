import pytest

from tests.unit.realtime.conversing import begin, parrots


@pytest.fixture
async def sessions():
    async with (voxhelm := parrots()).running():
        yield voxhelm.services.sessions


async def test_what_is_said_is_heard_and_said_again(sessions):
    client = await begin(sessions)
    client.speak("Hello there, parrot.")
    heard = await client.until("conversation.item.input_audio_transcription.completed")
    done = await client.until("response.done")
    print(client.kinds)
    assert heard["transcript"] == "Hello there, parrot."
    assert done["response"]["output"][0]["content"][0]["transcript"] == "Hello there, parrot."
