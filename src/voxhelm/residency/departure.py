"""Seeing that the memory of an unloaded model has come back to its card."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from voxhelm.gpu.card import Card
from voxhelm.gpu.ledger import has_returned
from voxhelm.kit.clock import Clock

# Drivers take up to a second and a half to clear what a large process held.
LONGEST_SECONDS: Final = 5.0
BETWEEN_LOOKS_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Departure:
    """A model whose process has ended.

    held_bytes: what it held of the card, None when that is not known. before: the card while it was there.
    unloading: whether it had been asked to leave.
    """

    model_id: str
    device: str
    process_id: int | None
    held_bytes: int | None
    before: Card | None
    unloading: bool


async def see_off(departure: Departure, look: Callable[[], Awaitable[Card | None]], clock: Clock) -> bool | None:
    """Look at the card until the memory is back, for so long as that may take; say whether it is, None when nobody can tell.

    look: the card as it is now, None when it is gone.
    """
    deadline_seconds = clock.monotonic_seconds() + LONGEST_SECONDS
    while True:
        verdict = _verdict(departure, await look())
        if verdict is not False or clock.monotonic_seconds() >= deadline_seconds:
            return verdict
        await asyncio.sleep(BETWEEN_LOOKS_SECONDS)


def _verdict(departure: Departure, now: Card | None) -> bool | None:
    if now is None or departure.before is None:
        return None
    return has_returned(departure.before, now, departure.process_id, departure.held_bytes)
