import numpy as np
import pytest

from voxhelm.domain.pcm import Pcm
from voxhelm.serving.levels import LEARNT_SECONDS, TARGET_LUFS, Levels, first_gain, gain_to

RATE_HZ = 24_000


def speech(seconds, size):
    return Pcm((size * np.sin(2 * np.pi * 500 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.int16), RATE_HZ)


def test_a_voice_that_was_never_heard_has_no_gain():
    levels = Levels()
    assert levels.gain("m", "v") is None
    levels.hear("m", "v", Pcm.silence(5.0, RATE_HZ))
    assert levels.gain("m", "v") is None


def test_what_is_soft_is_made_louder_and_what_is_loud_softer():
    levels = Levels()
    levels.hear("m", "soft", speech(1.0, 1_000))
    levels.hear("m", "loud", speech(1.0, 20_000))
    assert levels.gain("m", "soft") > 1 > levels.gain("m", "loud")
    assert levels.gain("m", "soft") * 1_000 == pytest.approx(levels.gain("m", "loud") * 20_000, rel=0.13)


def test_after_enough_speech_a_voice_is_known_for_good():
    levels = Levels()
    for _ in range(round(LEARNT_SECONDS) + 2):
        levels.hear("m", "v", speech(1.0, 3_000))
    known = levels.gain("m", "v")
    for _ in range(60):
        levels.hear("m", "v", speech(1.0, 30_000))
    assert levels.gain("m", "v") == known


@pytest.mark.parametrize(
    ("lufs", "gain"), [(TARGET_LUFS, 1.0), (TARGET_LUFS - 0.7, 1.0), (TARGET_LUFS + 6.2, 0.501), (-90.0, 5.623)]
)
def test_what_is_near_enough_stays_and_nothing_is_blown_up(lufs, gain):
    assert gain_to(TARGET_LUFS, lufs) == pytest.approx(gain, abs=0.001)


def test_the_first_moment_of_a_voice_tells_about_as_much_as_the_rest():
    levels = Levels()
    levels.hear("m", "v", speech(5.0, 2_000))
    assert first_gain([speech(0.1, 2_000).samples] * 3, RATE_HZ) == pytest.approx(levels.gain("m", "v"), rel=0.13)
    assert first_gain([np.zeros(100, dtype=np.int16)], RATE_HZ) == 1.0
