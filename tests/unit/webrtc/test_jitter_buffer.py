import itertools
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voxhelm.webrtc.jitter_buffer import Conceal, JitterBuffer, Play, Recover, Silence, SoundPacket
from voxhelm.webrtc.opus_packet import CLOCK_HZ

FRAME = 960
FRAME_SECONDS = FRAME / CLOCK_HZ
MUSIC_20_MS = 31 << 3


@dataclass(frozen=True)
class Given:
    at: float
    piece: object

    @property
    def samples(self):
        return FRAME if isinstance(self.piece, Play) else self.piece.samples


def payload(number):
    return bytes([MUSIC_20_MS, number >> 16 & 255, number >> 8 & 255, number & 255])


def number_of(piece):
    return int.from_bytes(piece.payload[1:], "big")


def packet(number, *, first_sequence=100, first_timestamp=5_000, source=1, pause=0, content=None):
    return SoundPacket(
        source,
        (first_sequence + number) % 65_536,
        (first_timestamp + number * FRAME + pause) % (1 << 32),
        payload(number) if content is None else content,
    )


def run(arrivals, until, *, start=0.0):
    """What a buffer gives, and when. arrivals: (seconds, packet)."""
    buffer = JitterBuffer(start)
    given = []

    def take(at):
        given.extend(Given(at, piece) for piece in buffer.take(at))

    def wake_until(end):
        for _ in range(100_000):
            wake = buffer.wake_at_seconds
            if wake is None or wake > end:
                return
            before = (wake, len(given))
            take(wake)
            assert (buffer.wake_at_seconds, len(given)) != before, "it asks to be woken and has nothing to do"
        raise AssertionError("it never has enough")

    for at, arrived in sorted(arrivals, key=lambda arrival: arrival[0]):
        wake_until(at)
        buffer.put(arrived, at)
        take(at)
    wake_until(until)
    return buffer, given


def on_time(numbers, **kinds):
    return [(number * FRAME_SECONDS, packet(number, **kinds)) for number in numbers]


def played(given):
    return [number_of(one.piece) for one in given if isinstance(one.piece, Play)]


def delays(given):
    """How long after its sender's time each played packet came."""
    return [one.at - number_of(one.piece) * FRAME_SECONDS for one in given if isinstance(one.piece, Play)]


def samples(given, kind):
    return sum(one.samples for one in given if isinstance(one.piece, kind))


def test_what_comes_in_order_goes_on_at_once():
    buffer, given = run(on_time(range(200)), until=199 * FRAME_SECONDS)
    assert played(given) == list(range(200))
    assert len(given) == 200
    assert max(delays(given)) == pytest.approx(0, abs=1e-9)
    assert buffer.waiting_packets == 0


def test_a_lost_packet_is_recovered_from_its_successor_and_delays_nothing_for_long():
    _, given = run(on_time(number for number in range(100) if number != 50), until=99 * FRAME_SECONDS)
    assert played(given) == [number for number in range(100) if number != 50]
    (recovered,) = [one for one in given if isinstance(one.piece, Recover)]
    assert recovered.piece == Recover(payload(51), FRAME)
    assert max(delays(given)) <= 0.03
    assert max(delays(given)[-45:]) == pytest.approx(0, abs=1e-9)


def test_several_lost_in_a_row_are_made_up_for_in_length():
    _, given = run(on_time([*range(50), *range(54, 100)]), until=99 * FRAME_SECONDS)
    around = [one.piece for one in given][49:54]
    assert around == [Play(payload(49)), Conceal(3 * FRAME), Recover(payload(54), FRAME), Play(payload(54)), Play(payload(55))]


def test_what_a_decoder_would_make_up_for_too_long_is_silence():
    _, given = run(on_time([*range(50), *range(62, 100)]), until=99 * FRAME_SECONDS)
    assert samples(given, Conceal) == 5_760
    assert samples(given, Silence) == 11 * FRAME - 5_760
    assert sum(one.samples for one in given) == 100 * FRAME


def test_packets_out_of_order_are_put_in_order():
    arrivals = on_time(range(100))
    swapped = [(at + (0.025 if index % 7 == 3 else 0), one) for index, (at, one) in enumerate(arrivals)]
    _, given = run(swapped, until=99 * FRAME_SECONDS)
    assert played(given) == list(range(100))
    assert len(given) == 100


def test_it_waits_longer_once_packets_are_seen_to_come_late():
    def one(at, number):
        return at + (0.09 if number % 10 == 5 else 0)

    _, given = run([(one(at, index), p) for index, (at, p) in enumerate(on_time(range(500)))], until=499 * FRAME_SECONDS)
    late = [number for number in range(400, 500) if number % 10 == 5]
    assert set(late) <= set(played(given))


def test_after_a_stall_all_of_it_is_heard_and_nothing_stays_behind():
    held_up = [(max(at, 1.0 + 0.25), p) if at >= 1.0 else (at, p) for at, p in on_time(range(200))]
    _, given = run(held_up, until=199 * FRAME_SECONDS)
    assert played(given) == list(range(200))
    assert len(given) == 200
    assert max(delays(given)[-100:]) == pytest.approx(0, abs=1e-9)


def test_a_long_stall_is_filled_in_time_and_what_comes_after_it_is_still_heard():
    held_up = [(max(at, 2.0), p) if at >= 1.0 else (at, p) for at, p in on_time(range(200))]
    _, given = run(held_up, until=199 * FRAME_SECONDS)
    assert played(given) == list(range(200))
    filled = [one for one in given if not isinstance(one.piece, Play)]
    assert 1.3 <= filled[0].at <= 1.5
    assert 0.5 <= sum(one.samples for one in filled) / CLOCK_HZ <= 1.0
    assert max(delays(given)[-90:]) == pytest.approx(0, abs=1e-9)


def test_sound_that_comes_after_more_than_three_seconds_is_not_heard():
    held_up = [(max(at, 8.0), p) if at >= 1.0 else (at, p) for at, p in on_time(range(500))]
    buffer, given = run(held_up, until=499 * FRAME_SECONDS)
    assert buffer.counts.late > 150
    assert played(given)[-50:] == list(range(450, 500))


def test_a_sender_that_says_nothing_is_silent_in_time():
    quiet = bytes([MUSIC_20_MS, 0])
    talk = on_time(range(50))
    pause = [(1.0, packet(50, content=quiet))]
    after = [
        (at + 0.6, packet(number, pause=int(0.6 * CLOCK_HZ)))
        for number, (at, _) in zip(range(51, 80), on_time(range(51, 80)), strict=True)
    ]
    _, given = run(talk + pause + after, until=2.2 - 0.02)
    silence = [one for one in given if isinstance(one.piece, Silence)]
    assert sum(one.samples for one in silence) == pytest.approx(0.6 * CLOCK_HZ, abs=FRAME)
    # Spread over the pause rather than when it is over: whoever waits for silence hears it as it passes.
    assert silence[0].at < 1.1
    assert all(later.at - earlier.at < 0.05 for earlier, later in itertools.pairwise(silence))
    assert not any(isinstance(one.piece, Conceal | Recover) for one in given)


def test_a_sender_that_is_gone_is_silent_and_then_nothing():
    buffer, given = run(on_time(range(50)), until=3_600)
    assert samples(given, Silence) == pytest.approx(30 * CLOCK_HZ, abs=2 * CLOCK_HZ)
    assert buffer.wake_at_seconds is None
    assert given[-1].at < 40


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 65_535), st.integers(0, (1 << 32) - 1), st.sets(st.integers(1, 298), max_size=60))
def test_counters_may_wrap_anywhere(first_sequence, first_timestamp, lost):
    kept = [number for number in range(300) if number not in lost]
    _, plain = run(on_time(kept), until=299 * FRAME_SECONDS)
    _, wrapped = run(
        on_time(kept, first_sequence=first_sequence, first_timestamp=first_timestamp),
        until=299 * FRAME_SECONDS,
    )
    assert [one.piece for one in wrapped] == [one.piece for one in plain]


@settings(max_examples=80, deadline=None)
@given(st.sets(st.integers(1, 198), max_size=100), st.randoms(use_true_random=False))
def test_the_senders_timing_is_kept_whatever_is_lost_or_repeated(lost, random):
    kept = [arrival for number, arrival in enumerate(on_time(range(200))) if number not in lost]
    repeated = [(at + random.random() * 0.3, p) for at, p in kept if random.random() < 0.2]
    _, given = run(kept + repeated, until=199 * FRAME_SECONDS + 0.1)
    assert played(given) == [number for number in range(200) if number not in lost]
    longest = max((len(list(run_)) for gone, run_ in itertools.groupby(number in lost for number in range(200)) if gone), default=0)
    assume(longest < 14)  # longer ones look like a sender that has stopped, until it goes on
    assert sum(one.samples for one in given) == 200 * FRAME


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(0, 0.15), min_size=150, max_size=150), st.sets(st.integers(1, 148), max_size=40))
def test_under_jitter_nothing_is_heard_twice_or_out_of_order_or_late(jitter, lost):
    arrivals = [(at + jitter[number], p) for number, (at, p) in enumerate(on_time(range(150))) if number not in lost]
    _, given = run(arrivals, until=150 * FRAME_SECONDS)
    heard = played(given)
    assert heard == sorted(set(heard))
    assert max(delays(given)) <= 0.15 + 0.2 + 0.02
    arrived = dict.fromkeys(heard)
    assert len(arrived) + len(lost) <= 150


def test_another_source_is_followed_and_stragglers_of_the_one_before_are_not():
    first = on_time(range(50))
    second = [
        (1.0 + at, packet(number, first_sequence=9_000, first_timestamp=77, source=2))
        for number, (at, _) in enumerate(on_time(range(50)))
    ]
    straggler = (1.005, packet(50))
    buffer, given = run([*first, *second, straggler], until=2.0 - 0.02)
    assert played(given) == [*range(50), *range(50)]
    assert buffer.counts.restarts == 1
    assert buffer.counts.late == 1


def test_a_sender_that_counts_anew_is_believed_after_two_packets():
    first = on_time(range(50))
    second = [
        (1.0 + at, packet(number, first_sequence=30_000, first_timestamp=1 << 31))
        for number, (at, _) in enumerate(on_time(range(50)))
    ]
    _, given = run(first + second, until=2.0 - 0.02)
    assert played(given)[50:] == list(range(1, 50))


def test_repeated_packets_are_heard_once_and_do_not_count_as_late():
    again = [(at + 0.15, p) for at, p in on_time(range(100))]
    lost = {60}
    buffer, given = run([*(a for n, a in enumerate(on_time(range(100))) if n not in lost), *again], until=99 * FRAME_SECONDS + 0.2)
    assert played(given) == [n for n in range(100) if n not in lost]
    assert buffer.counts.repeated == 99
    assert buffer.counts.late == 1
    assert max(delays(given)) <= 0.03


def test_one_stray_packet_is_not_believed():
    stray = (0.5, packet(0, first_sequence=30_000, first_timestamp=1 << 31))
    _, given = run([*on_time(range(50)), stray], until=49 * FRAME_SECONDS)
    assert played(given) == list(range(50))


def test_packets_that_are_no_opus_are_counted_and_dropped():
    damaged = (0.5, packet(25, content=b""))
    buffer, given = run([*on_time(n for n in range(50) if n != 25), damaged], until=49 * FRAME_SECONDS)
    assert buffer.counts.damaged == 1
    assert len(played(given)) == 49


def test_nobody_is_fed_faster_than_time_passes_for_long():
    _, given = run([(number * 0.001, packet(number)) for number in range(2_000)], until=2.0)
    assert sum(one.samples for one in given) <= 10 * CLOCK_HZ + 1.05 * 2.0 * CLOCK_HZ


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 0.5),
            st.integers(0, 3),
            st.integers(0, 65_535) | st.integers(0, 150),
            st.integers(0, (1 << 32) - 1) | st.integers(0, 200_000),
            st.binary(max_size=4) | st.just(payload(1)),
        ),
        max_size=150,
    )
)
def test_whatever_comes_it_stays_within_its_bounds(steps):
    now = 0.0
    arrivals = []
    for pause, source, sequence, timestamp, content in steps:
        now += pause
        arrivals.append((now, SoundPacket(source, sequence, timestamp, content)))
    buffer, given = run(arrivals, until=now + 1)
    assert buffer.waiting_packets <= 101
    total = sum(one.samples if not isinstance(one.piece, Play) else 120 for one in given)
    assert total <= 10 * CLOCK_HZ + 1.05 * (now + 1) * CLOCK_HZ
    assert all(one.samples > 0 for one in given if not isinstance(one.piece, Play))
