import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from tests.unit.engines.whisper.conftest import RATE_HZ, silence
from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.activity import SpeechProbabilities


def probabilities(samples, piece=None):
    stream = SpeechProbabilities(get_vad_model().session)
    activities = []
    for start in range(0, len(samples), piece or max(1, len(samples))):
        activities += stream.push(Pcm(samples[start : start + (piece or len(samples))], RATE_HZ))
    return [*activities, *stream.finish()]


def flat(activities):
    return [probability for activity in activities for probability in activity.probabilities]


def test_they_are_those_of_the_library(speech):
    whole = speech[: len(speech) // 512 * 512]
    expected = get_vad_model()(whole.astype(np.float32) / 32_768)
    # The library silences the end of the last window when it makes the contexts.
    assert flat(probabilities(whole))[:-1] == pytest.approx(np.ravel(expected).tolist()[:-1], abs=1e-4)


@pytest.mark.parametrize("piece", [1, 100, 511, 512, 513, 40_000])
def test_how_the_sound_is_cut_makes_no_difference(speech, piece):
    samples = speech[:5_000] if piece == 1 else speech
    assert flat(probabilities(samples, piece)) == pytest.approx(flat(probabilities(samples)), abs=1e-5)


def test_windows_follow_each_other_and_the_last_is_padded(speech):
    activities = probabilities(speech, 5000)
    seen = 0
    for activity in activities:
        assert activity.start_seconds == pytest.approx(seen * 512 / RATE_HZ)
        seen += len(activity.probabilities)
    assert seen == -(-len(speech) // 512)


def test_speech_is_told_from_silence(speech):
    assert np.median(flat(probabilities(speech))) > 0.7
    assert max(flat(probabilities(silence(2)))) < 0.3


def test_no_sound_has_none():
    assert probabilities(silence(0)) == []


def test_another_rate_is_refused():
    with pytest.raises(EngineFailed, match="16000 Hz"):
        list(SpeechProbabilities(None).push(Pcm(silence(1), 8_000)))
