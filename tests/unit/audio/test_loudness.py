import numpy as np
import pytest

from voxhelm.audio.loudness import Loudness


def sine(hz, seconds, decibels, rate_hz):
    size = 32_767 * 10 ** (decibels / 20)
    return (size * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.int16)


def measured(*sounds, rate_hz):
    loudness = Loudness(rate_hz)
    for sound in sounds:
        loudness.push(sound)
    return loudness


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 48_000])
def test_a_full_sine_of_997_hertz_is_3_units_below_full_scale(rate_hz):
    """So the standard says: -3.01 LUFS in one channel."""
    assert measured(sine(997, 3, 0, rate_hz), rate_hz=rate_hz).lufs == pytest.approx(-3.01, abs=0.1)


def test_half_the_size_is_six_units_less_and_low_tones_count_less():
    loud, soft = (measured(sine(1_000, 3, one, 24_000), rate_hz=24_000).lufs for one in (-10, -16.02))
    assert loud - soft == pytest.approx(6.02, abs=0.05)
    assert measured(sine(40, 3, -10, 24_000), rate_hz=24_000).lufs < loud - 4


def test_pauses_do_not_make_speech_softer():
    speech, pause = sine(500, 2, -20, 24_000), np.zeros(48_000, dtype=np.int16)
    with_pauses = measured(speech, pause, speech, pause, rate_hz=24_000)
    assert with_pauses.lufs == pytest.approx(measured(speech, rate_hz=24_000).lufs, abs=0.6)
    assert 4 <= with_pauses.speech_seconds < 6


def test_it_does_not_matter_how_a_sound_was_cut():
    sound = sine(500, 2, -20, 24_000)
    whole, parts = measured(sound, rate_hz=24_000), measured(*np.array_split(sound, 37), rate_hz=24_000)
    assert parts.lufs == pytest.approx(whole.lufs)


def test_of_silence_nothing_is_known():
    assert measured(np.zeros(100_000, dtype=np.int16), rate_hz=24_000).lufs is None
    assert Loudness(24_000).lufs is None
