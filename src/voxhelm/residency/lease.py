"""The right to use a loaded model now."""

from collections.abc import Callable
from types import TracebackType

from voxhelm.domain.model import CPU
from voxhelm.hosting.host import Host
from voxhelm.residency.fallback import Fallback


class Lease:
    """While it is held its model stays loaded. Leaving the context gives it back, once."""

    def __init__(self, host: Host, give_back: Callable[[], None], device: str = CPU, fallback: Fallback | None = None) -> None:
        """host: the loaded model. give_back: tells the residency. device: where it is. fallback: why not on a card, if it belongs there."""
        self.host = host
        self.device = device
        self.fallback = fallback
        self._give_back: Callable[[], None] | None = give_back

    def release(self) -> None:
        """Give the right back; more than once does no harm."""
        if self._give_back is not None:
            self._give_back()
            self._give_back = None

    async def __aenter__(self) -> "Lease":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()
