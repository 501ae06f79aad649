import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voxhelm.realtime.face import Heard
from voxhelm.webrtc.playout import FRAME_SAMPLES, FRAME_SECONDS, RATE_HZ, Playout


def sound(milliseconds, level=1_000):
    return np.full(RATE_HZ * milliseconds // 1_000, level, dtype=np.int16)


def frames(playout, count, *, start=0.0):
    return [playout.next_frame(start + index * FRAME_SECONDS) for index in range(count)]


def test_nothing_to_play_is_silence():
    playout = Playout(10)
    assert playout.next_frame(0) is None
    assert playout.heard(1, 0) is None
    assert playout.drained(1, 0) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2_000), max_size=12))
def test_sound_comes_out_as_it_went_in_however_it_was_cut(lengths):
    whole = np.arange(sum(lengths), dtype=np.int16)
    playout = Playout(10)
    start = 0
    for length in lengths:
        assert playout.play("a", whole[start : start + length])
        start += length
    playout.end("a")
    needed = -(-len(whole) // FRAME_SAMPLES)
    out = frames(playout, needed + 2)
    assert out[needed:] == [None, None]
    given_out = np.concatenate(out[:needed]) if needed else np.empty(0, dtype=np.int16)
    assert np.array_equal(given_out[: len(whole)], whole)
    assert not given_out[len(whole) :].any()


def test_less_than_a_frame_waits_for_more_until_the_item_has_ended():
    playout = Playout(10)
    playout.play("a", sound(30))
    assert playout.next_frame(0) is not None
    assert playout.next_frame(0.02) is None
    playout.play("a", sound(10))
    assert playout.next_frame(0.04) is not None
    playout.end("a")
    assert playout.next_frame(0.06) is None


def test_what_was_heard_is_what_was_handed_out_less_the_way_to_the_ear():
    playout = Playout(10)
    playout.play("a", sound(1_000))
    frames(playout, 10)
    assert playout.heard(0.2, 0.0) == Heard("a", pytest.approx(200))
    assert playout.heard(0.2, 0.05) == Heard("a", pytest.approx(150))
    assert playout.heard(0.195, 0.05) == Heard("a", pytest.approx(145))
    assert playout.heard(0.2, 0.5) == Heard("a", 0.0)
    # The next frame is late: nothing more has been heard than was handed out.
    assert playout.heard(0.9, 0.0) == Heard("a", pytest.approx(200))


def test_a_pause_in_the_supply_is_not_counted_as_heard():
    playout = Playout(10)
    playout.play("a", sound(40))
    frames(playout, 10)
    playout.play("a", sound(40))
    frames(playout, 10, start=0.2)
    assert playout.heard(0.15, 0.0).milliseconds == pytest.approx(40)
    assert playout.heard(0.22, 0.0).milliseconds == pytest.approx(60)
    assert playout.heard(0.4, 0.0).milliseconds == pytest.approx(80)


def test_an_item_is_drained_once_when_its_last_sound_has_reached_the_ear():
    playout = Playout(10)
    playout.play("a", sound(50))
    playout.end("a")
    frames(playout, 3)
    assert playout.drained(0.05, 0.1) == []
    assert playout.drained(0.149, 0.1) == []
    assert playout.drained(0.151, 0.1) == ["a"]
    assert playout.drained(9, 0.1) == []


def test_an_item_without_sound_is_drained_when_its_turn_has_come():
    playout = Playout(10)
    playout.play("a", sound(100))
    playout.end("b")
    assert playout.drained(1, 0) == []
    frames(playout, 5)
    assert playout.drained(0.2, 0) == ["a", "b"]


def test_items_play_one_after_the_other():
    playout = Playout(10)
    playout.play("a", sound(40, 1))
    playout.play("b", sound(40, 2))
    playout.end("b")
    assert [frame[0] for frame in frames(playout, 4)] == [1, 1, 2, 2]
    assert playout.heard(0.08, 0).item_id == "b"
    assert playout.drained(1, 0) == ["a", "b"]


def test_hushed_sound_fades_within_ten_milliseconds_and_is_never_drained():
    playout = Playout(10)
    playout.play("a", sound(1_000, 10_000))
    playout.end("a")
    frames(playout, 5)
    playout.hush()
    (last, after) = frames(playout, 2, start=0.1)
    assert after is None
    steps = np.abs(np.diff(np.concatenate(([10_000], last.astype(np.int32)))))
    assert steps.max() < 100
    assert not last[240:].any()
    assert playout.drained(9, 0) == []
    assert playout.heard(0.1, 0).milliseconds == pytest.approx(100)
    assert playout.heard(9, 0).milliseconds == pytest.approx(100)


def test_what_has_not_begun_is_hushed_without_a_sound():
    playout = Playout(10)
    playout.play("a", sound(1_000))
    playout.hush()
    assert playout.next_frame(0) is None
    playout.play("b", sound(20))
    assert playout.next_frame(0.02) is not None


def test_a_duck_is_reached_without_a_step_and_kept():
    playout = Playout(10)
    playout.play("a", sound(200, 10_000))
    frames(playout, 2)
    playout.duck(0.3)
    out = np.concatenate(frames(playout, 3, start=0.04)).astype(np.int32)
    assert np.abs(np.diff(np.concatenate(([10_000], out)))).max() < 40
    assert (out[FRAME_SAMPLES:] == 3_000).all()
    playout.duck(1.0)
    out = np.concatenate(frames(playout, 2, start=0.1)).astype(np.int32)
    assert np.abs(np.diff(out)).max() < 40
    assert (out[FRAME_SAMPLES:] == 10_000).all()


def test_sound_over_the_bound_is_refused_whole():
    playout = Playout(1)
    assert playout.play("a", sound(900))
    assert not playout.play("a", sound(200))
    assert playout.play("a", sound(100))
    frames(playout, 10)
    assert playout.play("a", sound(200))


def test_hushed_sound_makes_room():
    playout = Playout(1)
    playout.play("a", sound(1_000))
    frames(playout, 1)
    playout.hush()
    assert playout.play("b", sound(1_000))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("play"), st.sampled_from("abcd"), st.integers(0, 2_000)),
            st.tuples(st.just("end"), st.sampled_from("abcd")),
            st.tuples(st.just("hush")),
            st.tuples(st.just("duck"), st.floats(0, 1)),
            st.tuples(st.just("frame"), st.integers(1, 8)),
        ),
        max_size=60,
    ),
    st.floats(0, 0.2),
)
def test_whatever_is_asked_of_it_the_account_is_right(steps, delay):
    playout = Playout(0.5)
    now = 0.0
    given_samples = {}
    for step, *values in steps:
        match step:
            case "play":
                item, count = values
                if playout.play(item, np.full(count, 100, dtype=np.int16)):
                    given_samples[item] = given_samples.get(item, 0) + count
            case "end":
                playout.end(values[0])
            case "hush":
                playout.hush()
            case "duck":
                playout.duck(values[0])
            case "frame":
                for _ in range(values[0]):
                    frame = playout.next_frame(now)
                    assert frame is None or frame.shape == (FRAME_SAMPLES,)
                    now += FRAME_SECONDS
                    playout.drained(now, delay)
        heard = playout.heard(now, delay)
        if heard is not None:
            assert 0 <= heard.milliseconds <= given_samples[heard.item_id] * 1_000 / RATE_HZ + 1e-6
    assert playout._waiting_samples <= 0.5 * RATE_HZ
    assert playout._waiting_samples == sum(item.waiting_samples for item in playout._items)
