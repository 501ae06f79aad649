"""The cards, as the owner loop knows them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from voxhelm.gpu.card import Card
from voxhelm.gpu.facts import CardFacts
from voxhelm.gpu.ledger import budget_bytes
from voxhelm.gpu.source import CardSource
from voxhelm.kit.threads import call_in_thread
from voxhelm.residency.attribution import Attribution
from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.state import ModelState, Phase

# Of a driver that does not answer for this long, nothing is known until it does.
LOOK_PATIENCE_SECONDS: Final = 5.0
# What was seen within this is fresh enough to go by.
FRESH_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at the cards has seen. changes: how often something of ours had happened to each when it began."""

    facts: CardFacts
    changes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """One card. card: None while it is gone. earlier: the look before. back_at_seconds: when it came back, if it was gone."""

    card: Card | None
    earlier: Card | None = None
    back_at_seconds: float | None = None


class Cards:
    """The cards that were there at the start: looked at beside the event loop, everything else by the owner loop only."""

    def __init__(self, source: CardSource, facts: CardFacts, named_budgets: Mapping[str, int], hold_seconds: float) -> None:
        """facts: of the first look. named_budgets: the operator's, in bytes by device. hold_seconds: before a card that is back is used."""
        self._source = source
        self._named_budgets = named_budgets
        self._hold_seconds = hold_seconds
        self._known = {card.device: _Known(card) for card in facts.cards}
        self._ids = {card.device: card.uuid for card in facts.cards}
        # How often something of ours has happened to a card, and how much of that the last look has seen.
        self._changes = dict.fromkeys(self._known, 1)
        self._changes_seen = dict.fromkeys(self._known, 0)
        self._seen_seconds = float("-inf")
        self._blind = False
        self._returning: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._reading: asyncio.Future[CardFacts] | None = None
        self._counted: dict[str, int] = {}
        self.attribution = Attribution()

    @property
    def devices(self) -> tuple[str, ...]:
        """Those there are, or were."""
        return tuple(self._known)

    @property
    def disturbed(self) -> frozenset[str]:
        """Those that have to be looked at before anything is decided about them."""
        if self._blind:
            return frozenset()
        return frozenset(device for device, changes in self._changes.items() if changes > self._changes_seen[device])

    def card(self, device: str) -> Card | None:
        """A card as it was last seen; None when it is gone."""
        return self._known[device].card if device in self._known else None

    def card_id(self, device: str) -> str | None:
        """The card's own name."""
        return self._ids.get(device)

    def before(self, device: str) -> tuple[Card, Card] | None:
        """The last two looks at a card."""
        known = self._known[device]
        return (known.earlier, known.card) if known.earlier is not None and known.card is not None else None

    async def look(self) -> Sight | None:
        """Look at all cards; None when the driver does not answer in time."""
        async with self._turn:
            if self._reading is None:
                self._counted = dict(self._changes)
                self._reading = call_in_thread(self._source.read, name="voxhelm-cards")
            await asyncio.wait({self._reading}, timeout=LOOK_PATIENCE_SECONDS)
            if not self._reading.done():
                return None
            reading, self._reading = self._reading, None
            return Sight(reading.result(), self._counted)

    def take(self, sight: Sight | None, now_seconds: float) -> None:
        """Know what was seen; None when nothing was."""
        self._blind = sight is None
        if sight is None:
            return
        self._changes_seen = dict(sight.changes)
        self._seen_seconds = now_seconds
        for device, known in self._known.items():
            card = sight.facts.card(device)
            if card is not None and self._ids[device] is not None and card.uuid != self._ids[device]:
                card = None  # another card in its slot is another card
            back = now_seconds if known.card is None and card is not None else known.back_at_seconds
            self._known[device] = _Known(card, known.card, None if card is None else back)
            if card is not None:
                self.attribution.looked(card)

    def disturb(self, device: str) -> None:
        """Something of ours has changed on a card: what was seen of it is too old."""
        if device in self._changes:
            self._changes[device] += 1

    def refresh(self, now_seconds: float) -> None:
        """Something is to be decided: if the last look was some time ago, not before a new one."""
        if now_seconds > self._seen_seconds + FRESH_SECONDS:
            for device in self._changes:
                self.disturb(device)

    def returning(self, device: str, change: int) -> None:
        """Memory is coming back to a card. change: 1 when that begins, -1 when it ends."""
        self._returning[device] = self._returning.get(device, 0) + change

    def room(self, models: Iterable[ModelState], process_ids: Mapping[str, int | None], now_seconds: float) -> CardRoom:
        """What may be used of the cards now. process_ids: of the loaded models."""
        budgets: dict[str, int] = {}
        shut: dict[str, Fallback] = {}
        wake_at: list[float] = []
        models = list(models)
        for device, known in self._known.items():
            if known.card is None:
                shut[device] = Fallback.CARD_MISSING
                continue
            card = replace(known.card, free_bytes=None, bytes_by_process=None) if self._blind else known.card
            budget = budget_bytes(card, self._held_bytes(card, models, process_ids), self._named_budgets.get(device))
            if budget is not None:
                budgets[device] = budget
            elif device not in self.disturbed:
                shut[device] = Fallback.ROOM_UNKNOWN
            if known.back_at_seconds is not None and now_seconds < known.back_at_seconds + self._hold_seconds:
                shut[device] = Fallback.CARD_MISSING
                wake_at.append(known.back_at_seconds + self._hold_seconds)
        unsettled = {device for device in self._known if device in self.disturbed or self._returning.get(device)}
        lost = frozenset(device for device, known in self._known.items() if known.card is None)
        return CardRoom(budgets, shut, lost, frozenset(unsettled - shut.keys()), tuple(wake_at))

    def _held_bytes(self, card: Card, models: list[ModelState], process_ids: Mapping[str, int | None]) -> int:
        """What of a card's used bytes is ours. What cannot be seen counts as reserved; of a model that is being loaded, as nothing yet."""
        held_bytes = 0
        for model in models:
            reserved_bytes = model.bytes_by_device.get(card.device, 0)
            seen_bytes = self.bytes_of(model.model_id, card.device, process_ids.get(model.model_id))
            if seen_bytes is not None:
                held_bytes += min(seen_bytes, reserved_bytes)
            elif model.phase is not Phase.LOADING:
                held_bytes += reserved_bytes
        return held_bytes

    def bytes_of(self, model_id: str, device: str, process_id: int | None) -> int | None:
        """What a model holds of a card, None when that is not known."""
        card = self.card(device)
        listed_bytes = card.bytes_of(process_id) if card is not None else None
        return listed_bytes if listed_bytes is not None else self.attribution.bytes_of(model_id)
