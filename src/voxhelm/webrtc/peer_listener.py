"""Who is told what happens in a call."""

from typing import Protocol

from voxhelm.domain.pcm import Pcm


class PeerListener(Protocol):
    """Called on the event loop. It must return at once and raise nothing."""

    def on_open(self) -> None:
        """The client is there and hears events. Comes once, before all others but `on_closed`."""
        ...

    def on_event(self, event: bytes | str) -> None:
        """What the client sent, of at most 262,144 bytes; it need not be JSON."""
        ...

    def on_sound(self, pcm: Pcm) -> None:
        """The next of what the client says, at 24 kHz. What was lost on the way has been made up for."""
        ...

    def on_drained(self, item_id: str) -> None:
        """The last of an item whose play was ended has been heard. Never comes for what was hushed."""
        ...

    def on_closed(self, reason: str) -> None:
        """The call is over, whoever ended it. Comes once, and is the last."""
        ...
