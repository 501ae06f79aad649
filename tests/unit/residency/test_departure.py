from voxhelm.gpu.card import Card
from voxhelm.residency.departure import LONGEST_SECONDS, Departure, see_off
from voxhelm.testing.clock import ManualClock


def card(used, processes):
    return Card(0, "GPU-a", "T4", 1000, 1000 - used, used, processes)


def departure(held_bytes=300, before=None):
    return Departure("m", "cuda:0", 7, held_bytes, before or card(500, {7: 300, 9: 200}), unloading=True)


class Looks:
    """What is seen, look by look, the last one for ever; each takes a second."""

    def __init__(self, *cards):
        self.cards = list(cards)
        self.clock = ManualClock()
        self.count = 0

    async def __call__(self):
        self.count += 1
        self.clock.advance(1.0)
        return self.cards.pop(0) if len(self.cards) > 1 else self.cards[0]


async def test_it_looks_until_the_memory_is_back():
    looks = Looks(card(500, {7: 300, 9: 200}), card(400, {9: 200}), card(200, {9: 200}))
    assert await see_off(departure(), looks, looks.clock) is True
    assert looks.count == 3


async def test_memory_that_does_not_come_back_is_given_up_after_a_while():
    looks = Looks(card(500, {7: 300, 9: 200}))
    assert await see_off(departure(), looks, looks.clock) is False
    assert looks.count == LONGEST_SECONDS


async def test_nobody_waits_for_what_cannot_be_known():
    for now in (None, Card(0, "GPU-a", "T4")):
        looks = Looks(now)
        assert await see_off(departure(), looks, looks.clock) is None
        assert looks.count == 1
    looks = Looks(card(200, {}))
    assert await see_off(departure(held_bytes=None), looks, looks.clock) is None
