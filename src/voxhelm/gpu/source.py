"""Where facts about cards come from."""

from typing import Protocol

from voxhelm.gpu.facts import CardFacts


class CardSource(Protocol):
    """Looks at the cards.

    `read` blocks, usually for a few milliseconds and for many seconds when a card is falling off the bus: call it beside the event loop,
    and not twice at once. It raises nothing: what it cannot find out is None in the facts, with the reason beside it.
    """

    def read(self) -> CardFacts:
        """What there is now."""
        ...
