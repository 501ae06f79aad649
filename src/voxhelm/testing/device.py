"""Cards that do what a test says."""

from dataclasses import dataclass, field
from typing import Final

from voxhelm.gpu.card import Card
from voxhelm.gpu.facts import CardFacts

GIB: Final = 1024**3


@dataclass
class FakeDevice:
    """One card.

    taken: bytes by process id; a foreign tenant is any id that is not ours.
    present: False after it fell off the bus. readable: False when nothing can be found out about it.
    lists_processes: False as in a container, where the driver's list is empty.
    """

    index: int = 0
    total_bytes: int = 16 * GIB
    name: str = "Fake T4"
    taken: dict[int, int] = field(default_factory=dict)
    present: bool = True
    readable: bool = True
    lists_processes: bool = True

    @property
    def free_bytes(self) -> int:
        """What nobody holds."""
        return self.total_bytes - sum(self.taken.values())

    def look(self) -> Card:
        """What the driver would say."""
        uuid = f"GPU-fake-{self.index}"
        if not self.readable:
            return Card(self.index, uuid, self.name, self.total_bytes)
        listed = dict(self.taken) if self.lists_processes else {}
        return Card(self.index, uuid, self.name, self.total_bytes, self.free_bytes, self.total_bytes - self.free_bytes, listed)


class FakeDevices:
    """A `CardSource` of them."""

    def __init__(self, *devices: FakeDevice) -> None:
        """devices: to be changed by the test as it goes on."""
        self.devices = devices
        self.looks = 0

    def read(self) -> CardFacts:
        """As `CardSource`."""
        self.looks += 1
        cards = tuple(device.look() for device in self.devices if device.present)
        return CardFacts(cards, "999.99", None if cards else "the test has taken them all away")
