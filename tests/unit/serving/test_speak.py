import asyncio

import numpy as np
import pytest

from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import EngineFailed, ParameterInvalid, TextTooLong, VoiceNotFound
from voxhelm.serving.speak import SpeechRequest


def request(text, audio_format=AudioFormat.PCM, voice="tone", speed=1.0):
    return SpeechRequest(text, "fake-speech", voice, audio_format, speed)


async def said(services, wanted):
    reply = await services.speaker.speak(wanted)
    try:
        return b"".join([chunk async for chunk in reply.chunks])
    finally:
        await reply.aclose()


def leases(services):
    return services.metrics.registry.get_sample_value("voxhelm_model_leases", {"model": "fake-speech"})


async def given_back(services):
    while leases(services):
        await asyncio.sleep(0)


async def test_every_character_is_said(services):
    samples = np.frombuffer(await said(services, request("x" * 100)), dtype="<i2")
    assert len(samples) == 6 * 24_000


async def test_a_reply_that_was_read_gives_the_model_back(services):
    await said(services, request("Hello there."))
    await given_back(services)


async def test_a_reply_that_was_never_read_gives_the_model_back(services):
    reply = await services.speaker.speak(request("Hello there. " * 500, AudioFormat.MP3))
    await reply.aclose()
    await reply.aclose()
    await given_back(services)


async def test_a_reply_left_in_the_middle_gives_the_model_back(services):
    reply = await services.speaker.speak(request("Hello there. " * 500, AudioFormat.OPUS))
    await anext(reply.chunks)
    await reply.aclose()
    await given_back(services)


async def test_a_caller_cancelled_while_encoding_does_no_harm(services):
    reply = await services.speaker.speak(request("Hello there. " * 500, AudioFormat.FLAC))

    async def read():
        async for _ in reply.chunks:
            pass

    for _ in range(5):
        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    await reply.aclose()
    await given_back(services)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (request("x" * 100_001), TextTooLong),
        (request("Hi.", speed=0.2), ParameterInvalid),
        (request("Hi.", speed=float("nan")), ParameterInvalid),
        (request("Hi.", voice="nobody"), VoiceNotFound),
        (request("fail-here"), EngineFailed),
    ],
)
async def test_what_is_wrong_is_raised_before_there_is_a_reply(services, wanted, error):
    with pytest.raises(error):
        await services.speaker.speak(wanted)
    await given_back(services)


async def test_speed_reaches_the_engine(services):
    assert len(await said(services, request("x" * 100, speed=2.0))) == 3 * 24_000 * 2


async def test_sound_is_counted(services):
    await said(services, request("x" * 100))
    registry = services.metrics.registry
    assert registry.get_sample_value("voxhelm_speech_audio_seconds_total", {"model": "fake-speech"}) == pytest.approx(6.0)
    assert registry.get_sample_value("voxhelm_speech_characters_total", {"model": "fake-speech"}) == 100


@pytest.mark.parametrize(("language", "spoken"), [("en", "en"), ("de", "de"), ("bg", "pt"), (None, "pt")])
async def test_a_text_whose_language_is_known_is_not_guessed(services, language, spoken):
    # By itself it is taken for Portuguese; and Bulgarian is not written in these letters.
    text = "Say a long sentence, as long as it takes."
    wanted = SpeechRequest(text, "espeak-ng", None, AudioFormat.PCM, language=language)
    reply = await services.speaker.speak(wanted)
    await reply.aclose()
    assert reply.chosen.language == spoken
