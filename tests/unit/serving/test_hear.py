import asyncio
import io
import wave
from dataclasses import replace

import numpy as np
import pytest

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, LanguageUnsupported, ModelUnsuited, ParameterInvalid
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.hear import Channels, HearingRequest
from voxhelm.serving.speakers import NamedSpeaker


def recording(*parts):
    """A WAV file of seconds of (tone or silence)."""
    sound = [
        (8_000 * loud * np.sin(2 * np.pi * 300 * np.arange(round(seconds * 16_000)) / 16_000)).astype(np.int16)
        for loud, seconds in parts
    ]
    with Encoder(AudioFormat.WAV, 16_000) as encoder:
        return io.BytesIO(encoder.encode(Pcm(np.concatenate(sound), 16_000)) + encoder.finish())


def request(source, model="fake-transcription", **options):
    return HearingRequest(source, model, TranscribeOptions(**options))


async def given_back(services):
    def leases():
        return sum(
            sample.value
            for metric in services.metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "voxhelm_model_leases"
        )

    while leases():
        await asyncio.sleep(0)


async def heard(services, wanted):
    hearing = await services.listener.hear(wanted)
    try:
        return [segment async for segment in hearing.segments], hearing
    finally:
        await hearing.aclose()


async def test_everything_is_heard_and_counted(services):
    segments, hearing = await heard(services, request(recording((1, 5.0)), word_times=True))
    assert [segment.text for segment in segments] == [f"second{number}" for number in range(1, 6)]
    assert hearing.progress.audio_seconds == pytest.approx(5.0)
    await given_back(services)


async def test_an_engine_for_utterances_gets_utterances_and_its_times_are_put_back(services):
    """PocketSphinx hears nothing in a tone, but silero is asked where somebody speaks, and the times are of the whole recording."""
    segments, hearing = await heard(services, request(recording((0, 3.0)), model="pocketsphinx-en-us"))
    assert segments == []
    assert hearing.progress.audio_seconds == pytest.approx(3.0, abs=0.05)
    await given_back(services)


async def test_a_hearing_that_was_never_read_gives_the_models_back(services):
    hearing = await services.listener.hear(request(recording((1, 60.0)), model="pocketsphinx-en-us"))
    await hearing.aclose()
    await hearing.aclose()
    await given_back(services)


async def test_a_hearing_left_in_the_middle_gives_the_models_back(services):
    hearing = await services.listener.hear(request(recording((1, 60.0))))
    await anext(hearing.segments)
    await hearing.aclose()
    await given_back(services)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (lambda: request(io.BytesIO(b"")), AudioUnreadable),
        (lambda: request(io.BytesIO(b"nothing" * 100)), AudioUnreadable),
        (lambda: request(recording((0, 0.0))), AudioEmpty),
        (lambda: request(recording((1, 1.0)), model="fake-speech"), ModelUnsuited),
        (lambda: request(recording((1, 1.0)), language="xh"), LanguageUnsupported),
        (lambda: request(recording((1, 1.0)), temperature=2.0), ParameterInvalid),
    ],
)
async def test_what_is_wrong_is_raised_before_there_is_a_transcript(services, wanted, error):
    with pytest.raises(error):
        await services.listener.hear(wanted())
    await given_back(services)


def stereo(seconds, tail_seconds=0.0):
    """A WAV file of a tone on the left, then silence, and silence on the right, then a tone."""
    left = np.pad(8_000 * np.sin(np.arange(round(seconds * 16_000)) / 8), (0, round(tail_seconds * 16_000)))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(np.stack((left, left[::-1]), axis=1).astype("<i2").tobytes())
    file.seek(0)
    return file


async def test_channels_are_heard_apart_and_told_in_order(services):
    wanted = replace(request(stereo(3.0)), channels=Channels.SEPARATE, speakers=(NamedSpeaker("left"),))
    segments, hearing = await heard(services, wanted)
    assert [(one.speaker, one.text) for one in segments] == [
        (speaker, f"second{number}") for number in (1, 2, 3) for speaker in ("left", "B")
    ]
    assert hearing.progress.audio_seconds == pytest.approx(3.0)
    await given_back(services)


async def test_a_channel_that_is_silent_for_long_holds_nothing_up(services):
    """A recogniser of utterances says nothing of silence: what is heard on the other channel meanwhile must not fill anything."""
    wanted = replace(request(stereo(1.0, 400.0), model="pocketsphinx-en-us"), channels=Channels.SEPARATE)
    _, hearing = await heard(services, wanted)
    assert hearing.progress.audio_seconds == pytest.approx(401.0, abs=0.1)
    await given_back(services)


async def test_a_diariser_that_is_far_behind_is_waited_for(services):
    """The fake's turns end when the tone does, after 200 seconds; as many segments wait for them."""
    wanted = replace(request(recording((1, 200.0)), word_times=True), diarize=True)
    segments, _ = await heard(services, wanted)
    assert len(segments) == 200
    assert {one.speaker for one in segments} == {"A"}
    await given_back(services)


@pytest.mark.parametrize("how", [{"channels": Channels.SEPARATE}, {"diarize": True}])
async def test_a_hearing_of_several_streams_left_in_the_middle_gives_the_models_back(services, how):
    hearing = await services.listener.hear(replace(request(stereo(60.0)), **how))
    if "channels" in how:
        await anext(hearing.segments)
    await hearing.aclose()
    await given_back(services)


async def test_how_long_it_is_is_told_when_asked(services):
    _, hearing = await heard(services, replace(request(recording((1, 2.0))), measured=True))
    assert hearing.progress.total_seconds == pytest.approx(2.0)
    _, hearing = await heard(services, request(recording((1, 2.0))))
    assert hearing.progress.total_seconds is None


async def test_a_model_of_one_language_is_told_that_one(services):
    _, hearing = await heard(services, request(recording((1, 1.0)), languages=("de", "en")))
    assert hearing.language == "en"


async def test_sound_that_is_in_memory_is_heard_at_whatever_rate_it_is(services):
    sound = Pcm(np.zeros(24_000 * 3, np.int16), 24_000)
    wanted = replace(request(sound), measured=True)
    for _ in range(2):  # and again
        segments, hearing = await heard(services, wanted)
        assert [segment.text for segment in segments] == ["second1", "second2", "second3"]
        assert hearing.progress.total_seconds == pytest.approx(3.0)
    separate, _ = await heard(services, replace(wanted, channels=Channels.SEPARATE))
    assert len(separate) == 3


async def test_no_sound_in_memory_is_an_empty_recording(services):
    with pytest.raises(AudioEmpty):
        await services.listener.hear(request(Pcm(np.zeros(0, np.int16), 24_000)))
