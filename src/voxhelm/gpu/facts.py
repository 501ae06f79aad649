"""All cards at one moment."""

from dataclasses import dataclass

from voxhelm.gpu.card import Card


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What was seen.

    cards: those that are there. One that has fallen off the bus is not; one that only cannot be looked at is, with nothing known.
    driver: its version. absence: why there is no card, or nothing known of those there are; None when all is well.
    """

    cards: tuple[Card, ...] = ()
    driver: str | None = None
    absence: str | None = None

    def card(self, device: str) -> Card | None:
        """The card of a placement, if it is there."""
        return next((card for card in self.cards if card.device == device), None)
