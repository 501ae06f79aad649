"""What every engine that detects voice activity must do."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from tests.contracts.conftest import CLIPS, cut
from voxhelm.domain.errors import AudioUnreadable
from voxhelm.domain.pcm import Pcm


def test_activity_covers_the_sound_without_a_gap(detector):
    clip = detector.clip()
    activities = list(detector.model.detect(cut(clip, 1600)))
    ends = [one.start_seconds + one.window_seconds * len(one.probabilities) for one in activities]
    assert activities[0].start_seconds == 0
    assert all(end == pytest.approx(later.start_seconds) for end, (_, later) in zip(ends, pairwise(activities), strict=False))
    assert clip.duration_seconds <= ends[-1] < clip.duration_seconds + activities[-1].window_seconds


def test_probabilities_are_probabilities(detector):
    probabilities = detector.probabilities(iter([detector.clip()]))
    assert all(0 <= probability <= 1 for probability in probabilities)


def test_speech_is_told_from_silence_and_noise(detector):
    rng = np.random.default_rng(1)
    noise = Pcm((rng.standard_normal(2 * detector.rate_hz) * 300).astype(np.int16), detector.rate_hz)
    for path in CLIPS:
        assert np.median(detector.probabilities(iter([detector.clip(path)]))) > 0.7
    assert max(detector.probabilities(iter([detector.silence(2.0)]))) < 0.3
    assert np.median(detector.probabilities(iter([noise]))) < 0.3


@pytest.mark.parametrize("pieces", [0, 1], ids=["no piece", "an empty piece"])
def test_no_sound_has_no_activity(detector, pieces):
    assert detector.probabilities(iter([detector.silence(0)] * pieces)) == []


@pytest.mark.parametrize("samples", [1, 160, 997, 16_001])
def test_how_the_sound_is_cut_makes_no_difference(detector, samples):
    clip = Pcm(detector.clip().samples[:8000], detector.rate_hz)
    assert detector.probabilities(cut(clip, samples)) == pytest.approx(detector.probabilities(iter([clip])), abs=1e-4)


def test_four_callers_at_once_get_what_each_would_get_alone(detector):
    clips = [detector.clip(path) for path in CLIPS[:4]]
    alone = [detector.probabilities(iter([clip])) for clip in clips]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda clip: detector.probabilities(cut(clip, 512)), clips))
    for ours, reference in zip(together, alone, strict=True):
        assert ours == pytest.approx(reference, abs=1e-4)


def test_the_model_is_usable_after_a_caller_left_early(detector):
    alone = detector.probabilities(iter([detector.clip()]))
    stream = detector.model.detect(cut(detector.clip(), 1600))
    next(stream)
    stream.close()
    assert detector.probabilities(iter([detector.clip()])) == pytest.approx(alone, abs=1e-4)


def test_an_error_of_the_source_reaches_the_caller_and_spares_the_model(detector):
    alone = detector.probabilities(iter([detector.clip()]))

    def broken():
        yield from cut(Pcm(detector.clip().samples[:8000], detector.rate_hz), 1600)
        raise AudioUnreadable("the file ends in the middle")

    with pytest.raises(AudioUnreadable, match="in the middle"):
        detector.probabilities(broken())
    assert detector.probabilities(iter([detector.clip()])) == pytest.approx(alone, abs=1e-4)
