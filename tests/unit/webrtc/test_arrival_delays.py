import pytest

from voxhelm.webrtc.arrival_delays import ArrivalDelays

FRAME = 960


def delays():
    return ArrivalDelays(least_seconds=0.02, most_seconds=0.2)


def feed(noted, numbers, late=lambda number: 0.0, way=0.05, drift=1.0):
    for number in numbers:
        noted.note(number * FRAME, number * 0.02 * drift + way + late(number))


def test_sound_is_due_when_the_quickest_way_would_have_brought_it():
    noted = delays()
    feed(noted, range(100), late=lambda number: 0.03 * (number % 3))
    assert noted.due_seconds(100 * FRAME) == pytest.approx(2.05)
    assert noted.timestamp_at(2.05) == 100 * FRAME


def test_patience_is_as_long_as_nearly_all_packets_are_late():
    noted = delays()
    assert noted.patience_seconds == 0.02
    feed(noted, range(500), late=lambda number: 0.06 if number % 10 == 0 else 0)
    assert noted.patience_seconds == pytest.approx(0.07)


def test_patience_has_its_limits_and_is_lost_again_when_the_network_is_quick():
    noted = delays()
    feed(noted, range(500), late=lambda number: number % 2)
    assert noted.patience_seconds == 0.2
    feed(noted, range(500, 1_100))
    assert noted.patience_seconds == 0.02


def test_a_longer_way_is_the_new_measure_after_a_while():
    noted = delays()
    feed(noted, range(500))
    feed(noted, range(500, 1_200), way=0.35)
    assert noted.due_seconds(1_200 * FRAME) == pytest.approx(24.35)
    feed(noted, range(1_200, 1_800), way=0.35)
    assert noted.patience_seconds == 0.02


def test_a_shorter_way_is_the_new_measure_at_once():
    noted = delays()
    feed(noted, range(100))
    feed(noted, range(100, 101), way=0.01)
    assert noted.due_seconds(101 * FRAME) == pytest.approx(2.03)


@pytest.mark.parametrize("drift", [1.0005, 0.9995])
def test_clocks_may_drift_apart(drift):
    noted = delays()
    feed(noted, range(50 * 600), drift=drift)
    assert noted.due_seconds(50 * 600 * FRAME) == pytest.approx(600 * drift + 0.05, abs=0.01)
    assert noted.patience_seconds == pytest.approx(0.02, abs=0.002)


def test_another_clock_begins_anew():
    noted = delays()
    feed(noted, range(100))
    noted.forget()
    noted.note(5, 900.0)
    assert noted.due_seconds(5) == pytest.approx(900)
