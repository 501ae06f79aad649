"""Where in a session's sound it was loud."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.realtime.recent_powers import STEP_MS, STEP_SAMPLES, RecentPowers

LOUD, QUIET = 8_000, 20


def sound(*steps: int):
    return np.concatenate([np.full(STEP_SAMPLES, step, np.int16) for step in steps])


def test_the_loudest_of_a_stretch():
    powers = RecentPowers()
    powers.push(sound(QUIET, LOUD, QUIET, QUIET), 100.0)
    assert powers.end_ms == 116.0
    assert powers.loudest(100.0, 116.0) == pytest.approx(LOUD**2)
    assert powers.loudest(108.0, 116.0) == pytest.approx(QUIET**2)


def test_what_is_not_known_has_no_loudest():
    powers = RecentPowers()
    assert powers.loudest(0.0, 4.0) is None
    powers.push(sound(QUIET, QUIET), 100.0)
    assert powers.loudest(96.0, 108.0) is None
    assert powers.loudest(100.0, 116.0) is None
    powers.forget_before(104.0)
    assert powers.loudest(100.0, 108.0) is None
    assert powers.loudest(104.0, 108.0) == pytest.approx(QUIET**2)


def test_it_was_quiet_since_the_last_loud_step_but_not_for_longer_than_is_asked():
    powers = RecentPowers()
    powers.push(sound(LOUD, *[QUIET] * 20), 0.0)
    assert powers.quiet_since(40.0, 2 * QUIET**2, 64.0) == 4.0
    assert powers.quiet_since(40.0, 2 * QUIET**2, 16.0) == 24.0
    assert powers.quiet_since(40.0, QUIET**2 / 2, 64.0) == 40.0


def test_after_a_gap_it_begins_anew():
    powers = RecentPowers()
    powers.push(sound(LOUD, LOUD), 0.0)
    powers.push(sound(QUIET), 500.0)
    assert powers.loudest(0.0, 8.0) is None
    assert powers.loudest(500.0, 504.0) == pytest.approx(QUIET**2)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20))
def test_however_the_sound_is_cut_the_levels_are_the_same(sizes):
    samples = (np.arange(sum(sizes)) * 37 % 2_000).astype(np.int16)
    whole, pieces, place = RecentPowers(), RecentPowers(), 0
    whole.push(samples, 0.0)
    for size in sizes:
        pieces.push(samples[place : place + size], place / 24)
        place += size
    assert pieces.end_ms == whole.end_ms == len(samples) // STEP_SAMPLES * STEP_MS
    for at_ms in range(0, int(whole.end_ms), STEP_MS):
        assert pieces.loudest(at_ms, at_ms + STEP_MS) == pytest.approx(whole.loudest(at_ms, at_ms + STEP_MS))
