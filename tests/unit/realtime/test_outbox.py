from voxhelm.realtime import outbox as module
from voxhelm.realtime.outbox import Outbox, Told


def filled(limit_bytes, *ids, size=10):
    outbox = Outbox(limit_bytes)
    for event_id in ids:
        outbox.append(Told(event_id, b"x" * size))
    return outbox


def ids(told):
    return [one.event_id for one in told]


def test_what_came_behind_an_event_is_told_again():
    assert ids(filled(1_000, "a", "b", "c").behind("a")) == ["b", "c"]


def test_behind_the_last_event_is_nothing():
    assert filled(1_000, "a", "b").behind("b") == []


def test_an_event_that_is_not_known_has_nothing_behind_it():
    assert filled(1_000, "a").behind("z") is None
    assert filled(1_000, "a").behind(None) is None


def test_the_oldest_make_room():
    outbox = filled(25, "a", "b", "c")
    assert ids(outbox.all()) == ["b", "c"]
    assert not outbox.whole
    assert outbox.behind("a") is None


def test_an_event_larger_than_everything_is_not_kept():
    outbox = filled(5, "a")
    assert outbox.all() == []


def test_very_many_small_ones_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_EVENTS", 2)
    assert ids(filled(1_000, "a", "b", "c").all()) == ["b", "c"]


def test_what_an_earlier_process_told_is_not_all_there_was():
    outbox = Outbox(1_000, [Told("a", b"x")])
    assert not outbox.whole
    assert outbox.behind("a") == []
