"""One card at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from voxhelm.domain.model import CUDA


@dataclass(frozen=True, slots=True)
class Card:
    """What was seen of a card. What is not known is None, which is never the same as zero.

    index: among the cards that this server may use, from 0; it stays while the server runs.
    uuid: the card's own name, which stays for ever. name: what it is, for people.
    total_bytes, free_bytes, used_bytes: of its memory, by all processes of the machine.
    bytes_by_process: by the process ids that the driver knows, which in a container may be none or others than ours; None when there is
        no list, and a value of None for a process that is there and whose bytes are not told.
    """

    index: int
    uuid: str | None
    name: str
    total_bytes: int | None = None
    free_bytes: int | None = None
    used_bytes: int | None = None
    bytes_by_process: Mapping[int, int | None] | None = None

    @property
    def device(self) -> str:
        """What placements call it."""
        return f"{CUDA}:{self.index}"

    def bytes_of(self, process_id: int | None) -> int | None:
        """What a process holds of it; None when that is not known."""
        return None if process_id is None or self.bytes_by_process is None else self.bytes_by_process.get(process_id)
