import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.webrtc.pace import Pace


def pace():
    return Pace(frame_seconds=0.02, frame_ticks=960, most_behind_seconds=0.1)


def test_the_first_frame_is_due_at_once_and_the_others_20_ms_apart():
    even = pace()
    assert [even.next(5.0) for _ in range(3)] == [(5.0, 0), (pytest.approx(5.02), 960), (pytest.approx(5.04), 1_920)]


def test_a_little_lateness_is_made_up_for():
    even = pace()
    even.next(0)
    assert even.next(0.09) == (pytest.approx(0.02), 960)
    assert even.next(0.09) == (pytest.approx(0.04), 1_920)


def test_after_a_longer_one_frames_are_left_out_and_the_clock_is_right_again():
    even = pace()
    even.next(0)
    due, ticks = even.next(1.0)
    assert 0.98 <= due <= 1.0
    assert ticks == pytest.approx(due * 48_000)


@given(st.lists(st.floats(0, 0.5), max_size=200))
def test_timestamps_go_with_time_whatever_holds_it_up(pauses):
    even = pace()
    now, last = even.next(0.0)
    for pause in pauses:
        now += pause
        due, ticks = even.next(now)
        assert ticks == pytest.approx(due * 48_000, abs=1)
        assert ticks >= last + 960
        assert due >= now - 0.1 - 1e-9
        now, last = max(now, due), ticks
