"""What is known of the cards between two looks."""

import threading

from voxhelm.residency import cards as module
from voxhelm.residency.cards import FRESH_SECONDS, Cards
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.place import Place
from voxhelm.residency.state import ModelState, Phase
from voxhelm.testing.device import GIB, FakeDevice, FakeDevices

NOW = 1_000.0
HOLD_SECONDS = 30.0


def known(*devices, budgets=None):
    source = FakeDevices(*devices)
    return Cards(source, source.read(), budgets or {}, HOLD_SECONDS)


async def looked(cards, now=NOW):
    cards.take(await cards.look(), now)
    return cards


def on_card(model_id, gib, phase=Phase.LOADED):
    place = Place("cuda:0", {"cuda:0": gib * GIB})
    return ModelState(model_id, -1.0, (place,), phase=phase, place=place)


async def test_nothing_is_settled_before_the_first_look():
    cards = known(FakeDevice())
    assert cards.room([], {}, NOW).unsettled == {"cuda:0"}
    await looked(cards)
    assert cards.room([], {}, NOW).unsettled == frozenset()
    assert cards.room([], {}, NOW).budget_bytes_by_device == {"cuda:0": 16 * GIB}


async def test_what_others_hold_is_not_ours_and_what_we_hold_is():
    device = FakeDevice(taken={7: 3 * GIB, 99: 5 * GIB})
    cards = await looked(known(device))
    room = cards.room([on_card("m", 4)], {"m": 7}, NOW)
    assert room.budget_bytes_by_device == {"cuda:0": 11 * GIB}


async def test_a_process_that_is_not_listed_counts_as_reserved_and_as_nothing_while_it_loads():
    device = FakeDevice(taken={7: 3 * GIB}, lists_processes=False)
    cards = await looked(known(device))
    assert cards.room([on_card("m", 4)], {"m": 7}, NOW).budget_bytes_by_device == {"cuda:0": 17 * GIB}
    assert cards.room([on_card("m", 4, Phase.LOADING)], {"m": 7}, NOW).budget_bytes_by_device == {"cuda:0": 13 * GIB}


async def test_a_card_nobody_can_read_is_shut_unless_a_budget_is_named():
    assert (await looked(known(FakeDevice(readable=False)))).room([], {}, NOW).shut == {"cuda:0": Fallback.ROOM_UNKNOWN}
    named = await looked(known(FakeDevice(readable=False), budgets={"cuda:0": GIB}))
    assert (named.room([], {}, NOW).shut, named.room([], {}, NOW).budget_bytes_by_device) == ({}, {"cuda:0": GIB})


async def test_a_card_that_is_gone_is_lost_and_one_that_is_back_has_to_stay_a_while():
    device = FakeDevice()
    cards = await looked(known(device))
    device.present = False
    room = (await looked(cards)).room([], {}, NOW)
    assert (room.shut, room.lost) == ({"cuda:0": Fallback.CARD_MISSING}, {"cuda:0"})
    device.present = True
    room = (await looked(cards, NOW + 10)).room([], {}, NOW + 10)
    assert (room.shut, room.lost, room.wake_at_seconds) == ({"cuda:0": Fallback.CARD_MISSING}, frozenset(), (NOW + 40,))
    assert cards.room([], {}, NOW + 40).shut == {}


async def test_another_card_in_the_same_slot_is_another_card():
    device = FakeDevice()
    cards = known(device)
    cards._ids["cuda:0"] = "GPU-of-before"
    assert (await looked(cards)).room([], {}, NOW).lost == {"cuda:0"}


async def test_what_happens_during_a_look_is_not_seen_by_it():
    cards = await looked(known(FakeDevice()))
    cards.disturb("cuda:0")
    sight = await cards.look()
    cards.disturb("cuda:0")
    cards.take(sight, NOW)
    assert cards.disturbed == {"cuda:0"}
    await looked(cards)
    assert cards.disturbed == frozenset()


async def test_a_fresh_look_is_good_enough_to_decide_by():
    cards = await looked(known(FakeDevice()))
    cards.refresh(NOW + FRESH_SECONDS)
    assert cards.disturbed == frozenset()
    cards.refresh(NOW + FRESH_SECONDS + 0.1)
    assert cards.disturbed == {"cuda:0"}


async def test_nothing_is_settled_while_memory_is_coming_back():
    cards = await looked(known(FakeDevice()))
    cards.returning("cuda:0", 1)
    assert cards.room([], {}, NOW).unsettled == {"cuda:0"}
    cards.returning("cuda:0", -1)
    assert cards.room([], {}, NOW).unsettled == frozenset()


async def test_a_driver_that_hangs_leaves_nothing_known_and_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(module, "LOOK_PATIENCE_SECONDS", 0.01)
    answers = threading.Event()

    class Hanging(FakeDevices):
        def read(self):
            answers.wait()
            return super().read()

    source = Hanging(FakeDevice())
    answers.set()
    cards = await looked(Cards(source, source.read(), {}, HOLD_SECONDS))
    answers.clear()
    await looked(cards)
    assert await cards.look() is None
    assert source.looks == 2, "one hanging look is enough"
    room = cards.room([], {}, NOW)
    assert (room.shut, room.unsettled) == ({"cuda:0": Fallback.ROOM_UNKNOWN}, frozenset())
    answers.set()
    monkeypatch.setattr(module, "LOOK_PATIENCE_SECONDS", 30)
    assert (await looked(cards)).room([], {}, NOW).shut == {}
