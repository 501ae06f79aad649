"""Looking at the cards beside the event loop, and telling the owner loop."""

import asyncio
from collections.abc import Callable
from typing import Final

from voxhelm.gpu.card import Card
from voxhelm.kit.clock import Clock
from voxhelm.residency.cards import Cards
from voxhelm.residency.departure import Departure, see_off
from voxhelm.residency.messages import Seen, SeenOff

# Between two looks when nothing happens: what others do on a card shows within this.
PERIOD_SECONDS: Final = 2.0


class CardWatch:
    """The one that looks: now and then, when something is to be decided, and when a model has left a card."""

    def __init__(
        self, cards: Cards, post: Callable[[Seen | SeenOff], None], clock: Clock, blinded: Callable[[Exception], None]
    ) -> None:
        """post: leaves a message for the owner loop. blinded: is told what went wrong with a look."""
        self._cards = cards
        self._blinded = blinded
        self._post = post
        self._clock = clock

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once; returns when the owner loop knows what was seen."""
        try:
            sight = await self._cards.look()
        except Exception as error:  # noqa: BLE001 - whatever a source raises, nothing is known then, and that is told
            self._blinded(error)
            sight = None
        known: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._post(Seen(sight, known))
        await known

    async def see_off(self, departure: Departure) -> None:
        """Watch the memory of a model come back, and say so when it has, or has been waited for long enough."""

        async def look() -> Card | None:
            await self.look()
            return self._cards.card(departure.device)

        self._post(SeenOff(departure, await see_off(departure, look, self._clock)))
