import numpy as np

from voxhelm.audio.gain import amplified

WAVE = (8_000 * np.sin(np.arange(2_000) / 7)).astype(np.int16)


def test_samples_are_multiplied():
    assert np.abs(amplified(WAVE, 0.5) - WAVE / 2).max() <= 0.51
    assert np.abs(amplified(WAVE, 2.0) - WAVE * 2.0).max() <= 0.51


def test_at_one_they_stay_as_they_are():
    assert amplified(WAVE, 1.0) is WAVE


def test_peaks_are_rounded_off_and_never_wrap_or_clip():
    loud = amplified(WAVE, 5.0)
    assert loud.max() < 32_767
    assert np.array_equal(np.sign(loud), np.sign(WAVE))
    # Round: at the top there are many values, where clipping has one.
    assert len(np.unique(loud[loud > 31_000])) > 20
