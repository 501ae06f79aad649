from itertools import islice

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from scripts.digit_whisper.speech import LONGEST, RATE_HZ, Recording, example, held_out, quiet, strings, varied

TONE = np.sin(np.arange(RATE_HZ) / 5).astype(np.float32)


def test_what_is_examined_is_never_learnt():
    learnt, examined = (
        set(islice(strings(np.random.default_rng(seed), examination=examination), 2000))
        for seed, examination in enumerate((False, True))
    )
    assert not learnt & examined
    assert {len(digits) for digits in learnt} == set(range(1, LONGEST + 1))
    assert held_out((4, 7, 1))
    assert not held_out((6,))


def test_words_keep_their_place_in_sound_that_is_varied():
    samples = np.concatenate((np.zeros(RATE_HZ, np.float32), TONE, np.zeros(RATE_HZ, np.float32)))
    for seed in range(5):
        one = varied(Recording(samples, (1,), ((1.0, 2.0),)), np.random.default_rng(seed))
        loud = np.flatnonzero(np.abs(one.samples) > 0.5 * np.abs(one.samples).max()) / RATE_HZ
        ((start, end),) = one.seconds
        assert (start, end) == (pytest.approx(loud[0], abs=0.01), pytest.approx(loud[-1], abs=0.01))


def test_one_after_the_other_leaves_the_pause_between_them():
    both = Recording(TONE, (1,), ((0.2, 0.8),)).then(Recording(TONE, (2,), ((0.1, 0.9),)), 0.5)
    assert both.digits == (1, 2)
    assert both.seconds == ((0.2, 0.8), (pytest.approx(1.6), pytest.approx(2.4)))
    assert len(both.samples) == 2.5 * RATE_HZ


def test_an_example_ends_in_silence_as_our_engine_has_it():
    made = example(Recording(TONE, (), ()), FeatureExtractor())
    frames, mels = made.features.shape
    assert (frames % 2, mels) == (0, 80)
    assert (made.features[-5:] == max(-1.5, made.features.max() - 2)).all()


def test_in_quiet_nobody_speaks():
    one = quiet(np.random.default_rng(0))
    assert one.digits == ()
    assert 0.5 <= len(one.samples) / RATE_HZ <= 2
