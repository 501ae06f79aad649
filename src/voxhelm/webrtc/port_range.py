"""Which UDP ports calls may take."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortRange:
    """From `first` to `last`, both included. Who holds which port is known to the operating system alone."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last <= 65_535:
            raise ValueError(f"a range of ports goes upwards within 1 to 65535, not from {self.first} to {self.last}")

    def __len__(self) -> int:
        return self.last - self.first + 1

    def beginning_at(self, offset: int) -> Iterator[int]:
        """Every port once. offset: of the first one, wrapped, so that calls need not all try the same ports first."""
        for step in range(len(self)):
            yield self.first + (offset + step) % len(self)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
