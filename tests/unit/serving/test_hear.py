import asyncio
import io

import numpy as np
import pytest

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, LanguageUnsupported, ModelUnsuited, ParameterInvalid
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.hear import HearingRequest


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
