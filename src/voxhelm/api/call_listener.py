"""Between a call and its session."""

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.conductor import Conductor
from voxhelm.webrtc.peer import Peer


class CallListener:
    """A `PeerListener`: brings what the caller says to the session, whose face the peer is."""

    def __init__(self, conductor: Conductor, after_event_id: str | None) -> None:
        """after_event_id: the last event that a caller knows of who comes back."""
        self._conductor = conductor
        self._after_event_id = after_event_id
        self.peer: Peer | None = None

    def on_open(self) -> None:
        """As `PeerListener`."""
        if self.peer is not None:
            self._conductor.attach(self.peer, plays=True, after_event_id=self._after_event_id)

    def on_event(self, event: bytes | str) -> None:
        """As `PeerListener`."""
        self._conductor.receive(event)

    def on_sound(self, pcm: Pcm) -> None:
        """As `PeerListener`."""
        self._conductor.hear(pcm)

    def on_drained(self, item_id: str) -> None:
        """As `PeerListener`."""
        self._conductor.drained(item_id)

    def on_closed(self, reason: str) -> None:  # noqa: ARG002 - the peer has told the log
        """As `PeerListener`."""
        if self.peer is not None:
            self._conductor.detach(self.peer)
