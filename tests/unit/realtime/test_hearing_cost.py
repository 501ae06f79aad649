import pytest

from voxhelm.realtime.hearing_cost import HearingCost


def learnt(*costs, whole=True):
    cost = HearingCost()
    cost.note("tiny", 1.0, 60.0, whole=True)  # it was being loaded
    for one in costs:
        cost.note("tiny", 2.0, 2.0 * one, whole=whole)
    return cost


def test_what_is_not_known_is_tried():
    assert HearingCost().look_pays("tiny", 1e6)
    assert HearingCost().speculation_pays("tiny")
    assert learnt().look_pays("tiny", 30.0)


def test_a_quick_recogniser_is_asked_about_everything():
    assert learnt(0.05).look_pays("tiny", 20.0)
    assert learnt(0.05).speculation_pays("tiny")


def test_a_look_has_to_show_something_in_time():
    assert learnt(0.3).look_pays("tiny", 4.0)
    assert not learnt(0.3).look_pays("tiny", 6.0)


def test_a_slow_recogniser_hears_only_what_was_said():
    assert not learnt(0.9).speculation_pays("tiny")
    assert learnt(0.9).speculation_pays("another")


def test_one_slow_time_is_not_taken_for_a_slow_recogniser():
    assert learnt(0.1, 1.0).speculation_pays("tiny")
    assert not learnt(0.1, 1.0, 1.0, 1.0).speculation_pays("tiny")


def test_a_quick_time_is_believed():
    assert learnt(2.0, 0.1).speculation_pays("tiny")


@pytest.mark.parametrize(("took", "pays"), [(0.1, True), (5.0, False)])
def test_what_was_broken_off_took_at_least_so_long(took, pays):
    cost = learnt(0.2)
    for _ in range(3):
        cost.note("tiny", 1.0, took, whole=False)
    assert cost.speculation_pays("tiny") is pays


def test_no_sound_tells_nothing():
    cost = learnt(0.1)
    cost.note("tiny", 0.0, 9.0, whole=True)
    assert cost.speculation_pays("tiny")
