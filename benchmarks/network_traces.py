"""What networks do to a stream of packets: when each arrives, if it does."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

FRAME_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet and when it is there, in seconds after the first was sent."""

    at_seconds: float
    number: int


Network = Callable[[random.Random, int], Sequence[float | None]]
"""Given a source of chance and a count of packets: how late each arrives, in seconds; None for one that never does."""


def trace(network: Network, seed: int, count: int) -> list[Arrival]:
    """The packets in the order of their arrival. The first and the last always come, and in time."""
    late = [0.0, *network(random.Random(seed), count - 2), 0.0]
    arrivals = [Arrival(number * FRAME_SECONDS + wait, number) for number, wait in enumerate(late) if wait is not None]
    return sorted(arrivals, key=lambda arrival: (arrival.at_seconds, arrival.number))


def losing(share: float) -> Network:
    """Each packet is lost with the same chance."""
    return lambda chance, count: [None if chance.random() < share else 0.0 for _ in range(count)]


def losing_in_a_row(share: float, mean: float) -> Network:
    """So many are lost, several in a row."""

    def network(chance: random.Random, count: int) -> list[float | None]:
        late: list[float | None] = []
        losing_now = False
        for _ in range(count):
            losing_now = chance.random() < (1 - 1 / mean if losing_now else share / mean / (1 - share))
            late.append(None if losing_now else 0.0)
        return late

    return network


def mixing_up(lost: float, share: float, late_seconds: float) -> Network:
    """Some are lost, and some come after their successors."""

    def network(chance: random.Random, count: int) -> list[float | None]:
        return [None if chance.random() < lost else late_seconds if chance.random() < share else 0.0 for _ in range(count)]

    return network


def wavering(mean_seconds: float) -> Network:
    """A queue on the way grows and shrinks: packets are late, and stay in order."""

    def network(chance: random.Random, count: int) -> list[float | None]:
        late: list[float | None] = []
        behind = 0.0
        for _ in range(count):
            behind = max(behind - FRAME_SECONDS, chance.expovariate(1 / mean_seconds))
            late.append(behind)
        return late

    return network


def stalling(every_seconds: float, for_seconds: float) -> Network:
    """Now and then nothing comes for a moment, and then all of it at once."""

    def network(_: random.Random, count: int) -> list[float | None]:
        every = round(every_seconds / FRAME_SECONDS)
        return [max(0.0, for_seconds - (number % every) * FRAME_SECONDS) if number >= every else 0.0 for number in range(count)]

    return network


NETWORKS: Mapping[str, Network] = {
    "nothing lost": losing(0.0),
    "1 % lost": losing(0.01),
    "5 % lost": losing(0.05),
    "10 % lost": losing(0.10),
    "5 % lost, 3 in a row": losing_in_a_row(0.05, 3),
    "5 % lost, 5 % 50 ms late": mixing_up(0.05, 0.05, 0.05),
    "jitter of 20 ms": wavering(0.02),
    "250 ms of nothing every 5 s": stalling(5, 0.25),
}
