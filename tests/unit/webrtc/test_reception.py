import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.webrtc.reception import Reception


def noted(packets):
    reception = Reception(48_000)
    for sequence, timestamp, now in packets:
        reception.note(sequence % 65_536, timestamp % (1 << 32), now)
    return reception


def test_nothing_is_reported_before_the_first_packet():
    assert Reception(48_000).report() is None


def test_what_is_missing_counts_as_lost():
    report = noted((n, n * 960, n * 0.02) for n in range(100) if n % 4 != 3).report()
    assert report.packets_lost == 24  # the last one, 99, is not missed yet
    assert report.fraction_lost == 24 * 256 // 99
    assert report.jitter == 0


def test_the_fraction_is_of_the_time_since_the_last_report():
    reception = noted((n, n * 960, n * 0.02) for n in range(100) if n % 4 != 3)
    reception.report()
    for n in range(100, 200):
        reception.note(n, n * 960, n * 0.02)
    assert reception.report().fraction_lost == 256 // 101


@given(st.integers(0, 65_535), st.integers(0, (1 << 32) - 1))
def test_counters_may_wrap_anywhere(first, timestamp):
    report = noted((first + n, timestamp + n * 960, n * 0.02) for n in range(200)).report()
    assert report.packets_lost == 0
    assert report.jitter == 0
    assert report.highest_sequence == first + 199


def test_repeated_packets_are_told_apart_from_lost_ones():
    report = noted([(5, 0, 0), (6, 960, 0.02), (6, 960, 0.02), (7, 1_920, 0.04)]).report()
    assert report.packets_lost == -1
    assert report.fraction_lost == 0


def test_jitter_is_in_units_of_the_clock():
    # Every other packet is 5 ms late: so far apart are any two neighbours, and that is 240.
    report = noted((n, n * 960, n * 0.02 + 0.005 * (n % 2)) for n in range(400)).report()
    assert report.jitter == pytest.approx(240, abs=5)
