"""What may be used of the cards now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voxhelm.residency.fallback import Fallback


@dataclass(frozen=True, slots=True)
class CardRoom:
    """The cards, as the planner needs to know them.

    budget_bytes_by_device: the most that all models together may hold on a card now.
    shut: the cards on which nothing may be loaded now, and why.
    lost: the cards that are gone, with what was on them.
    unsettled: the cards that are being looked at, or to which memory is coming back: nothing is decided about them now.
    wake_at_seconds: when, without news, something of this changes (monotonic).
    """

    budget_bytes_by_device: Mapping[str, int] = field(default_factory=dict)
    shut: Mapping[str, Fallback] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()
    wake_at_seconds: tuple[float, ...] = ()
