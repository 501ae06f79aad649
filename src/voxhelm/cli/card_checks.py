"""What `voxhelm doctor` says of cards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from voxhelm.cli.terminal import bytes_text

if TYPE_CHECKING:
    from voxhelm.gpu.card import Card
    from voxhelm.gpu.facts import CardFacts


def card_lines(facts: "CardFacts") -> Iterator[tuple[str, bool, str]]:
    """A subject, whether it is well, and details, for each card; one line saying why, when there is none."""
    for card in facts.cards:
        yield f"card {card.device}", card.free_bytes is not None, _details(card, facts)
    if not facts.cards:
        yield "card", False, f"none, models run on the CPU: {facts.absence or 'no reason is known'}"


def _details(card: "Card", facts: "CardFacts") -> str:
    total = f"{bytes_text(card.total_bytes)} in all" if card.total_bytes is not None else "its memory is not known"
    free = f"{bytes_text(card.free_bytes)} free" if card.free_bytes is not None else "what is free is not known"
    driver = f"driver {facts.driver}" if facts.driver is not None else facts.absence or "driver not known"
    return f"{card.name}, {total}, {free}, {driver}"
