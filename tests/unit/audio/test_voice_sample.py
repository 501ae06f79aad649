import io
import wave

import numpy as np
import pytest

from voxhelm.audio.voice_sample import MARGIN_SECONDS, voice_sample, wav_file
from voxhelm.domain.errors import SampleUnsuited
from voxhelm.domain.pcm import Pcm

RATE_HZ = 24_000
TIMES = [(1.0, 3.0), (4.0, 7.0)]


def recording(level=4_000.0, noise=10.0, seconds=8.0, times=TIMES):
    """A tone where somebody speaks, and noise everywhere."""
    samples = np.random.default_rng(1).normal(0, noise, round(seconds * RATE_HZ))
    for start, end in times:
        at = np.arange(round(start * RATE_HZ), round(end * RATE_HZ))
        samples[at] += level * np.sin(2 * np.pi * 200 * at / RATE_HZ)
    return Pcm(np.clip(samples, -32_768, 32_767).astype(np.int16), RATE_HZ)


def test_a_clear_recording_is_cut_to_its_speech():
    sound = recording()
    sample = voice_sample(sound, TIMES, "audio_sample")
    begin = round((1.0 - MARGIN_SECONDS) * RATE_HZ)
    assert sample.duration_seconds == pytest.approx(6.0 + 2 * MARGIN_SECONDS)
    assert np.array_equal(sample.samples, sound.samples[begin : begin + len(sample.samples)])


def test_a_recording_that_is_all_speech_says_nothing_of_noise():
    voice_sample(recording(noise=0, seconds=5.0, times=[(0.0, 5.0)]), [(0.0, 5.0)], "audio_sample")


@pytest.mark.parametrize(
    ("sound", "times", "told"),
    [
        (recording(), [], "speaks for 0.0 s"),
        (recording(), [(1.0, 3.0)], "speaks for 2.0 s"),
        (recording(seconds=40, times=[(0, 35)]), [(0.0, 35.0)], "35 s of speech"),
        (recording(level=100, noise=1), TIMES, "too quiet"),
        (recording(level=60_000), TIMES, "distorted"),
        (recording(noise=1_500), TIMES, "quieter than they are"),
        (Pcm.silence(8.0, RATE_HZ), TIMES, "too quiet"),
    ],
)
def test_what_is_wrong_with_a_recording_is_told(sound, times, told):
    with pytest.raises(SampleUnsuited, match=told) as caught:
        voice_sample(sound, times, "audio_sample")
    assert caught.value.param == "audio_sample"


def test_a_wav_file_has_its_length_in_it():
    sound = recording(seconds=1.0, times=[])
    with wave.open(io.BytesIO(wav_file(sound))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE_HZ, RATE_HZ)
        assert file.readframes(RATE_HZ) == sound.to_bytes()
