"""A client that has called."""

import asyncio
import importlib
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog
from numpy.typing import NDArray

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.face import Heard
from voxhelm.webrtc.event_line import Channel, EventLine
from voxhelm.webrtc.flood_gate import FloodGate
from voxhelm.webrtc.jitter_buffer import JitterCounts
from voxhelm.webrtc.peer_listener import PeerListener
from voxhelm.webrtc.peer_options import PeerOptions
from voxhelm.webrtc.playout import RATE_HZ, Playout

if TYPE_CHECKING:
    from voxhelm.webrtc.call import Call

_log = structlog.get_logger(__name__)

_LAST_WORDS_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.02
_EVENTS_AT_ONCE: Final = 600
_EVENTS_PER_SECOND: Final = 60
_EVENT_BYTES_AT_ONCE: Final = 16 * 1024 * 1024
_EVENT_BYTES_PER_SECOND: Final = 2 * 1024 * 1024
_UNKNOWN_ROUND_TRIP_SECONDS: Final = 0.05


class Peer:
    """One call over WebRTC: a `realtime.face.PlayingFace`. Made by `answer`. All of it happens on one event loop."""

    def __init__(self, options: PeerOptions, listener: PeerListener) -> None:
        self._options = options
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._playout = Playout(options.longest_play_seconds)
        self._line = EventLine(options.most_waiting_bytes, options.instead_of_too_long)
        now = self._loop.time()
        self._events_gate = FloodGate(burst=_EVENTS_AT_ONCE, per_second=_EVENTS_PER_SECOND, now_seconds=now)
        self._bytes_gate = FloodGate(burst=_EVENT_BYTES_AT_ONCE, per_second=_EVENT_BYTES_PER_SECOND, now_seconds=now)
        self._call: Call | None = None
        self._opened = False
        self._ending: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._given_up: asyncio.TimerHandle | None = None
        self._has_warned = False

    @staticmethod
    async def answer(offer_sdp: str, options: PeerOptions, listener: PeerListener) -> "Peer":
        """Answer a call. The listener hears of it until `on_closed`; not at all when this raises.

        offer_sdp: complete, or without candidates. Raises SdpInvalid for an offer that cannot be answered, PortsTaken when no port is
        left, CallUnreachable when there is no address to be called at.
        """
        # Half a second of imports, which only those pay who are called, and not on the loop.
        await asyncio.to_thread(importlib.import_module, "voxhelm.webrtc.call")
        from voxhelm.webrtc.call import Call, CallHooks

        peer = Peer(options, listener)
        hooks = CallHooks(
            opened=peer._on_channel,
            message=peer._on_message,
            writable=peer._line.flush,
            sound=peer._on_sound,
            next_frame=peer._next_frame,
            lost=peer._end,
        )
        peer._call = await Call.answer(offer_sdp, options, hooks)
        peer._given_up = peer._loop.call_later(options.connect_seconds, peer._give_up)
        return peer

    @property
    def answer_sdp(self) -> str:
        """What the caller needs to know, with all of this server's candidates."""
        return self._answered().answer_sdp

    @property
    def client_left(self) -> bool:
        """Whether the client ended the call, and was not lost on the way. Known when it is closed."""
        return self._call is not None and self._call.client_left

    @property
    def counts(self) -> JitterCounts:
        """What has become of the caller's packets so far."""
        return self._answered().counts

    def send(self, event: bytes) -> None:
        """Send an event, once the client hears them. One who lets too much of them wait is hung up on."""
        if self._ending is None and not self._line.send(event):
            self._end("it does not take what is sent to it")

    def play(self, item_id: str, pcm: Pcm) -> None:
        """Append to what is being played. pcm: at 24 kHz."""
        if pcm.rate_hz != RATE_HZ:
            raise ValueError(f"calls play sound at {RATE_HZ} Hz, not at {pcm.rate_hz}")
        if self._ending is not None or not self._answered().sends_sound:
            return
        if not self._playout.play(item_id, pcm.samples) and not self._has_warned:
            self._has_warned = True
            _log.warning("sound_not_played", longest_play_seconds=self._options.longest_play_seconds)

    def end_play(self, item_id: str) -> None:
        """Nothing more of the item comes: `on_drained` is due when the last of it has been heard."""
        if self._ending is not None:
            return
        if self._answered().sends_sound:
            self._playout.end(item_id)
        else:
            self._loop.call_soon(self._tell_drained, item_id)

    def hush(self) -> None:
        """Forget what has not been played yet."""
        self._playout.hush()

    def duck(self, gain: float) -> None:
        """How loud it is from now on, reached within 20 ms."""
        self._playout.duck(gain)

    def heard(self) -> Heard | None:
        """How much of the last item that began to play has been heard by now; None before the first."""
        return self._playout.heard(self._loop.time(), self._delay_seconds)

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002
        """End it, after what was sent. code: means nothing here."""
        self._end(reason)

    async def wait_closed(self) -> None:
        """Until it is over and nothing of it is left."""
        await self._closed.wait()

    @property
    def _delay_seconds(self) -> float:
        round_trip = self._answered().round_trip_seconds
        return self._options.client_delay_seconds + (_UNKNOWN_ROUND_TRIP_SECONDS if round_trip is None else round_trip) / 2

    def _answered(self) -> "Call":
        if self._call is None:
            raise RuntimeError("a peer is made by Peer.answer")
        return self._call

    def _on_channel(self, channel: Channel | None, longest_bytes: int) -> None:
        if self._opened or self._ending is not None:
            return
        self._opened = True
        if self._given_up is not None:
            self._given_up.cancel()
        self._listener.on_open()
        if channel is not None:
            self._line.open(channel, longest_bytes)

    def _on_message(self, message: str | bytes) -> None:
        if self._ending is not None:
            return
        now = self._loop.time()
        if self._events_gate.admits(1, now) and self._bytes_gate.admits(len(message), now):
            self._listener.on_event(message)
        else:
            self._end("it sent more events than can be taken")

    def _on_sound(self, pcm: Pcm) -> None:
        if self._opened and self._ending is None:
            self._listener.on_sound(pcm)

    def _next_frame(self, now_seconds: float) -> NDArray[np.int16] | None:
        frame = self._playout.next_frame(now_seconds)
        for item_id in self._playout.drained(now_seconds, self._delay_seconds):
            self._tell_drained(item_id)
        return frame

    def _tell_drained(self, item_id: str) -> None:
        if self._ending is None:
            self._listener.on_drained(item_id)

    def _give_up(self) -> None:
        self._end(f"it was not there within {self._options.connect_seconds:g} seconds")

    def _end(self, reason: str) -> None:
        if self._ending is None:
            self._ending = self._loop.create_task(self._finish(reason))

    async def _finish(self, reason: str) -> None:
        if self._given_up is not None:
            self._given_up.cancel()
        call = self._answered()
        deadline = self._loop.time() + _LAST_WORDS_SECONDS
        while call.is_connected and not (self._line.is_empty and call.has_sent_everything) and self._loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        self._playout.hush()
        try:
            await call.close()
        finally:
            self._listener.on_closed(reason)
            self._closed.set()
