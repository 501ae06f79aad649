import numpy as np
import pytest

from voxhelm.engines.kokoro.silence import trimmed

RATE_HZ = 24_000
LOUD = np.full(RATE_HZ, 0.5, np.float32)
QUIET = np.zeros(RATE_HZ // 2, np.float32)


def test_silence_at_both_ends_is_taken_away_but_for_a_margin():
    sound = trimmed(np.concatenate([QUIET, LOUD, QUIET, LOUD, QUIET]), RATE_HZ)
    assert len(sound) / RATE_HZ == pytest.approx(2.5 + 0.06, abs=0.001)


def test_sound_up_to_the_ends_stays_whole():
    sound = LOUD[:-7]
    assert np.array_equal(trimmed(sound, RATE_HZ), sound)


@pytest.mark.parametrize("samples", [0, 10, 5_000])
def test_silence_and_next_to_nothing_stay_as_they_are(samples):
    assert len(trimmed(np.zeros(samples, np.float32), RATE_HZ)) == samples
