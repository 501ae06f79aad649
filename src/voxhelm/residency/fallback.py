"""Why a model that belongs on a card is not on one."""

from enum import StrEnum


class Fallback(StrEnum):
    """The reasons, as headers and metrics name them."""

    CARD_MISSING = "card_missing"
    """The card is not there, or has not been back for long enough."""
    ROOM_UNKNOWN = "room_unknown"
    """Nobody can tell what is free on the card, and no budget is named for it."""
    NO_ROOM = "no_room"
    """What is free on the card, and what idle models could make free, is not enough."""
    OUT_OF_MEMORY = "out_of_memory"
    """It ran out of memory while it was loaded there, twice, or with nothing to make room."""
    UNUSABLE = "unusable"
    """Its runtime cannot use the card."""
    CRASHED = "crashed"
    """Its process died while it was loaded there."""
