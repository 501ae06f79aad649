from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.cues import Cue, CueOptions
from voxhelm.text.showing import shown

LIMITS = CueOptions(longest_seconds=6.0, shortest_seconds=1.0, gap_seconds=0.1, joined_gap_seconds=0.5, characters_per_second=10.0)


def ends(*cues):
    return [cue.end_seconds for cue in shown([Cue((text,), start, end) for text, start, end in cues], LIMITS)]


def test_a_flash_stays_long_enough_to_be_seen():
    assert ends(("Yes.", 0.0, 0.2)) == [1.0]


def test_a_cue_stays_as_long_as_it_takes_to_read_it():
    assert ends(("x" * 40, 0.0, 2.0)) == [4.0]


def test_no_cue_stays_longer_than_it_may():
    assert ends(("x" * 90, 0.0, 2.0)) == [6.0]
    assert ends(("x", 0.0, 8.0)) == [8.0]


def test_the_next_cue_takes_over_after_a_gap():
    assert ends(("x" * 40, 0.0, 2.0), ("y", 3.0, 4.0)) == pytest.approx([2.9, 4.0])
    assert ends(("x" * 20, 0.0, 2.0), ("y", 2.0, 3.0)) == pytest.approx([1.9, 3.0])


def test_a_pause_too_short_to_be_one_is_bridged():
    assert ends(("x" * 20, 0.0, 2.0), ("y", 2.4, 4.0)) == pytest.approx([2.3, 4.0])
    assert ends(("x" * 20, 0.0, 2.0), ("y", 2.6, 4.0)) == pytest.approx([2.0, 4.0])


def test_what_is_said_at_the_same_time_is_left_alone():
    assert ends(("x", 0.0, 3.0), ("y", 1.0, 4.0)) == [3.0, 4.0]
    assert ends(("x", 0.0, 0.02), ("y", 0.05, 4.0)) == [0.02, 4.0]


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9), st.integers(1, 84)), max_size=8))
def test_nothing_overlaps_that_did_not_and_nothing_begins_at_another_time(steps):
    cues, now = [], 0.0
    for pause, lasting, characters in steps:
        cues.append(Cue(("x" * characters,), now + pause, now + pause + lasting))
        now += pause + lasting
    displayed = list(shown(cues, LIMITS))
    assert [cue.start_seconds for cue in displayed] == [cue.start_seconds for cue in cues]
    assert all(a.end_seconds <= b.start_seconds + 1e-9 for a, b in pairwise(displayed))
    assert all(cue.end_seconds >= cue.start_seconds for cue in displayed)
