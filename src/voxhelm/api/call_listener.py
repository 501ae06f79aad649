"""Between a call and its session."""

import asyncio
from typing import Final

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.conductor import Conductor
from voxhelm.telemetry.metrics import Metrics
from voxhelm.webrtc.jitter_buffer import JitterCounts
from voxhelm.webrtc.opus_packet import CLOCK_HZ
from voxhelm.webrtc.peer import Peer

OVER: Final = 1000
FATES: Final = ("played", "recovered", "late", "repeated", "damaged", "refused")


class CallListener:
    """A `PeerListener`: brings what the caller says to the session, whose face the peer is."""

    def __init__(self, conductor: Conductor, after_event_id: str | None, metrics: Metrics) -> None:
        """after_event_id: the last event that a caller knows of who comes back."""
        self._conductor = conductor
        self._metrics = metrics
        self._after_event_id = after_event_id
        self._peer: Peer | None = None
        self._waiting: asyncio.Task[None] | None = None

    def begin(self, peer: Peer) -> None:
        """The call has been answered. The session may be over before the caller is there."""
        self._peer = peer
        self._waiting = asyncio.create_task(self._hang_up(peer), name="hang-up")

    def on_open(self) -> None:
        """As `PeerListener`."""
        if self._peer is not None:
            self._conductor.attach(self._peer, plays=True, after_event_id=self._after_event_id)

    def on_event(self, event: bytes | str) -> None:
        """As `PeerListener`."""
        self._conductor.receive(event)

    def on_sound(self, pcm: Pcm) -> None:
        """As `PeerListener`."""
        self._conductor.hear(pcm)

    def on_drained(self, item_id: str) -> None:
        """As `PeerListener`."""
        self._conductor.drained(item_id)

    def on_closed(self, reason: str) -> None:  # noqa: ARG002 - a session has no use for it
        """As `PeerListener`. Whoever has left may come back, so the session goes on for a while."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self._peer is not None:
            self._conductor.detach(self._peer, left=self._peer.client_left)
            self._count(self._peer.counts)

    def _count(self, counts: JitterCounts) -> None:
        for fate in FATES:
            self._metrics.call_packets.labels(fate=fate).inc(getattr(counts, fate))
        self._metrics.call_concealed_seconds.inc(counts.concealed_samples / CLOCK_HZ)

    async def _hang_up(self, peer: Peer) -> None:
        await self._conductor.wait_ended()
        peer.close(OVER, "The session is over.")
