"""Where a model may be loaded, and what it takes there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voxhelm.domain.model import CPU


@dataclass(frozen=True, slots=True)
class Place:
    """One alternative.

    device: `cpu`, or `cuda:0` and so on.
    bytes_by_device: what is reserved while it is there. A model on a card holds some of the host's memory, too.
    declared_bytes_by_device: what its engine thinks it takes there; it is reserved until there is a measurement.
    """

    device: str = CPU
    bytes_by_device: Mapping[str, int] = field(default_factory=dict)
    declared_bytes_by_device: Mapping[str, int] = field(default_factory=dict)

    @property
    def on_card(self) -> bool:
        """Whether it is on a card."""
        return self.device != CPU
