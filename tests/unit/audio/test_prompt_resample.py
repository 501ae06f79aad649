import numpy as np
import pytest

from voxhelm.audio.prompt_resample import PromptResampler
from voxhelm.domain.pcm import Pcm

RATES = [(8_000, 24_000), (24_000, 8_000), (24_000, 16_000), (16_000, 24_000), (48_000, 24_000), (24_000, 48_000)]


def _sine(hz: float, rate_hz: int) -> Pcm:
    return Pcm(np.rint(9_000 * np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz)).astype(np.int16), rate_hz)


def _resampled(sound: Pcm, to_hz: int) -> Pcm:
    resampler = PromptResampler(sound.rate_hz, to_hz)
    return Pcm(np.concatenate([resampler.push(sound).samples, resampler.finish().samples]), to_hz)


def _decibels(samples: np.ndarray, of: np.ndarray) -> float:
    return float(20 * np.log10(np.std(samples) / np.std(of) + 1e-9))


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_tone_stays_where_it_is_and_as_loud_as_it_is(from_hz, to_hz):
    heard, wanted = _resampled(_sine(1_000, from_hz), to_hz).samples, _sine(1_000, to_hz).samples
    assert len(heard) == len(wanted)
    middle = slice(to_hz // 10, -to_hz // 10)
    assert _decibels(heard[middle].astype(float) - wanted[middle], wanted) < -65


def test_what_the_lower_rate_cannot_hold_does_not_fold_back():
    assert _decibels(_resampled(_sine(5_000, 24_000), 8_000).samples[800:-800], _sine(5_000, 24_000).samples) < -60


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_sound_comes_out_as_it_goes_in(from_hz, to_hz):
    resampler = PromptResampler(from_hz, to_hz)
    piece = Pcm(np.zeros(from_hz // 50, np.int16), from_hz)
    came = 0
    for number in range(1, 20):
        came += len(resampler.push(piece).samples)
        assert number * 0.020 - came / to_hz <= 0.0021
    assert came + len(resampler.finish().samples) == 19 * to_hz // 50


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_the_pieces_that_sound_comes_in_make_no_difference(from_hz, to_hz):
    sound, resampler = _sine(700, from_hz), PromptResampler(from_hz, to_hz)
    cut = [resampler.push(Pcm(sound.samples[at : at + 333], from_hz)).samples for at in range(0, from_hz, 333)]
    pieces = np.concatenate([*cut, resampler.finish().samples])
    # The order in which products are added up depends on how many there are: that is a rounding at most.
    assert np.abs(pieces.astype(int) - _resampled(sound, to_hz).samples).max() <= 1


def test_after_its_end_another_sound_begins():
    resampler = PromptResampler(8_000, 24_000)
    first = np.concatenate([resampler.push(_sine(440, 8_000)).samples, resampler.finish().samples])
    assert np.array_equal(first, np.concatenate([resampler.push(_sine(440, 8_000)).samples, resampler.finish().samples]))


def test_equal_rates_pass_through():
    sound = _sine(440, 24_000)
    resampler = PromptResampler(24_000, 24_000)
    assert resampler.push(sound) is sound
    assert len(resampler.finish().samples) == 0


def test_another_rate_than_agreed_is_refused():
    with pytest.raises(ValueError, match="takes 8000 Hz"):
        PromptResampler(8_000, 24_000).push(_sine(440, 16_000))
