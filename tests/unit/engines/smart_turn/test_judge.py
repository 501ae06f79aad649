import tracemalloc

import numpy as np
import pytest

from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.smart_turn.features import SAMPLES

RNG = np.random.default_rng(3)


def noise(seconds):
    return Pcm((RNG.standard_normal(round(seconds * 16_000)) * 2_000).astype(np.int16), 16_000)


def judged(judge, *pieces):
    (guess,) = judge.judge(iter(pieces))
    return guess.probability


def test_a_pause_at_the_end_is_noticed(judge):
    assert judged(judge, noise(2.0)) < 0.3
    assert judged(judge, noise(2.0), Pcm.silence(0.3, 16_000)) > 0.7


def test_sound_at_another_rate_is_refused(judge):
    with pytest.raises(EngineFailed, match="16000 Hz, not at 24000"):
        list(judge.judge(iter([Pcm.silence(1.0, 24_000)])))


def test_however_long_somebody_speaks_no_more_is_held_than_counts(judge):
    def an_hour():
        for _ in range(36_000):
            yield Pcm.silence(0.1, 16_000)

    list(judge.judge(an_hour()))
    tracemalloc.start()
    try:
        list(judge.judge(an_hour()))
        _, highest_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert highest_bytes < 100 * SAMPLES
