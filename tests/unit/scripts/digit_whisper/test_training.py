import numpy as np
import pytest

pytest.importorskip("autograd")

from scripts.digit_whisper.lessons import Vocabulary
from scripts.digit_whisper.network import Shape
from scripts.digit_whisper.speech import Example
from scripts.digit_whisper.training import train

VOCABULARY = Vocabulary()
SHAPE = Shape(width=32, heads=2, encoder_layers=1, decoder_layers=1)


def examples():
    """Two digits that look very different, and silence."""
    made = []
    for digit in (1, 2) * 3:
        features = np.full((44, 80), -0.8, dtype=np.float32)
        features[20:40, 40 * (digit - 1) : 40 * digit] = 1.0
        made.append(Example(features, (digit,), ((0.2, 0.4),)))
    return [*made, Example(np.full((44, 80), -0.8, dtype=np.float32), (), ())]


def trained(steps, seed=0):
    told = []
    return train(examples(), VOCABULARY, SHAPE, steps, np.random.default_rng(seed), told.append), told


def test_what_is_far_off_comes_nearer():
    _, told = trained(25)
    assert [progress.step for progress in told] == list(range(1, 26))
    first, last = told[0], told[-1]
    for part in ("text", "sounding", "listening"):
        assert getattr(last, part) < 0.75 * getattr(first, part)


def test_the_same_seed_gives_the_same_weights_and_another_gives_others():
    one, same, other = (trained(3, seed)[0] for seed in (0, 0, 1))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["tokens"], other["tokens"])


def test_weights_stay_as_small_numbers_as_they_began():
    assert {weight.dtype for weight in trained(1)[0].values()} == {np.dtype(np.float32)}
