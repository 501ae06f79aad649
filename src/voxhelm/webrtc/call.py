"""One call, as aiortc sees it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiortc.rtcsctptransport
import numpy as np
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.stats import RTCRemoteInboundRtpStreamStats
from numpy.typing import NDArray

from voxhelm.domain.errors import SdpInvalid
from voxhelm.domain.pcm import Pcm
from voxhelm.webrtc.event_line import Channel
from voxhelm.webrtc.ice_connection import IceConnection
from voxhelm.webrtc.jitter_buffer import JitterCounts
from voxhelm.webrtc.offer import Offer
from voxhelm.webrtc.peer_options import PeerOptions
from voxhelm.webrtc.sound_receiver import SoundReceiver
from voxhelm.webrtc.sound_track import SoundTrack

CHANNEL_LABEL: Final = "oai-events"
LONGEST_MESSAGE_BYTES: Final = aiortc.rtcsctptransport.LOCAL_MAX_MESSAGE_SIZE
"""What is announced to callers."""

# With the headers of a relay and of a VPN, datagrams of aiortc's own length do not fit where 1280 bytes do, and are lost without a word.
_SCTP_DATA_BYTES: Final = 1_100
aiortc.rtcsctptransport.USERDATA_MAX_LENGTH = _SCTP_DATA_BYTES
# A lost event is sent again as soon as Chrome would. aiortc's own seconds are those of the RFC, which was not written for conversations.
aiortc.rtcsctptransport.SCTP_RTO_INITIAL = 0.5
aiortc.rtcsctptransport.SCTP_RTO_MIN = 0.4  # type: ignore[assignment]

_MOST_UNFINISHED_BYTES: Final = 1_048_576
_MOST_STREAMS: Final = 16
# What aiortc raises on messages that no client would send.
_SENSELESS: Final = (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
_OPUS_PARAMETERS: Final = {"minptime": 10, "useinbandfec": 1, "maxplaybackrate": 24_000}


@dataclass(frozen=True, slots=True)
class CallHooks:
    """Where a call's happenings go. next_frame: asked every 20 ms, with the loop's time, for sound at 24 kHz or None for silence.

    opened: the channel of events, and the longest message its other end takes in bytes (0: any); None in a call that has no channel.
    lost: it is over by itself; says why.
    """

    opened: Callable[[Channel | None, int], None]
    message: Callable[[str | bytes], None]
    writable: Callable[[], None]
    sound: Callable[[Pcm], None]
    next_frame: Callable[[float], NDArray[np.int16] | None]
    lost: Callable[[str], None]


class Call:
    """An answered offer: sound both ways and one channel. It reaches where aiortc has no doors, and nothing else does."""

    def __init__(self, options: PeerOptions, hooks: CallHooks, offer: Offer) -> None:
        self._hooks = hooks
        self._offer = offer
        self._connected = False
        self.client_left = False
        self._closing = False
        self._channel: RTCDataChannel | None = None
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._connection.on("connectionstatechange", self._state_changed)
        self._connection.on("datachannel", self._channel_came)
        transceiver: Any = self._connection.addTransceiver(SoundTrack(hooks.next_frame), direction="sendrecv")
        # What carries the sound carries the rest, so there is one way to the caller, and this is it, whichever line comes first.
        transceiver._bundled = True  # noqa: SLF001
        self._transceiver = transceiver
        self._sender: RTCRtpSender = transceiver.sender
        dtls = transceiver.receiver.transport
        self._receiver = SoundReceiver(dtls, hooks.sound)
        self._receiver._set_rtcp_ssrc(self._sender._ssrc)  # noqa: SLF001
        self._receiver.on_report = self._learn_round_trip
        transceiver._RTCRtpTransceiver__receiver = self._receiver  # noqa: SLF001
        ice: Any = dtls.transport
        self._way = IceConnection(options)
        ice.iceGatherer._connection = ice._connection = self._way  # noqa: SLF001
        ice._recv, ice._send = self._way.recv, self._way.send  # noqa: SLF001
        self.round_trip_seconds: float | None = None

    @staticmethod
    async def answer(offer_sdp: str, options: PeerOptions, hooks: CallHooks) -> "Call":
        """Raises SdpInvalid, PortsTaken or CallUnreachable; then nothing is left open."""
        call = Call(options, hooks, Offer.read(offer_sdp))
        try:
            await call._negotiate()
        except BaseException:
            await call.close()
            raise
        return call

    @property
    def answer_sdp(self) -> str:
        """With all of this server's candidates."""
        return self._connection.localDescription.sdp

    @property
    def counts(self) -> JitterCounts:
        """What has become of the caller's packets."""
        return self._receiver.counts

    @property
    def is_connected(self) -> bool:
        """Whether there is a way to the caller at this moment."""
        return self._connection.connectionState == "connected"

    @property
    def sends_sound(self) -> bool:
        """Whether the caller wants to hear any."""
        return self._transceiver.currentDirection in {"sendrecv", "sendonly"}

    @property
    def has_sent_everything(self) -> bool:
        """Whether the caller's end has acknowledged all that was sent to it."""
        sctp: Any = self._connection.sctp
        return sctp is None or not (sctp._data_channel_queue or sctp._outbound_queue or sctp._sent_queue)  # noqa: SLF001

    async def close(self) -> None:
        """Free everything. Calling it again does nothing more."""
        self._closing = True
        await self._connection.close()
        # Were they started while it closed, they were not stopped by it.
        await self._receiver.stop()
        await self._sender.stop()

    async def _negotiate(self) -> None:
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(self._offer.sdp, "offer"))
        except (InternalError, InvalidAccessError, InvalidStateError, OperationError, *_SENSELESS) as error:
            raise SdpInvalid(f"The SDP offer cannot be answered: {error}", param="sdp") from error
        codecs = [codec for codec in self._transceiver._codecs if codec.name.lower() == "opus"]  # noqa: SLF001
        for codec in codecs:
            codec.parameters = dict(_OPUS_PARAMETERS)
        self._transceiver._codecs = codecs  # noqa: SLF001
        if self._connection.sctp is not None:
            self._bound_messages(self._connection.sctp)
        await self._connection.setLocalDescription(await self._connection.createAnswer())

    def _bound_messages(self, sctp: Any) -> None:
        """What is announced as the limit, aiortc does not enforce; and what makes no sense ends its loop with a traceback."""
        receive, handle = sctp._receive_data_chunk, sctp._handle_data  # noqa: SLF001

        async def receive_within_bounds(chunk: Any) -> None:
            unfinished_bytes = _MOST_UNFINISHED_BYTES - sctp._advertised_rwnd  # noqa: SLF001
            if unfinished_bytes > _MOST_UNFINISHED_BYTES or len(sctp._inbound_streams) > _MOST_STREAMS:  # noqa: SLF001
                self._lose("it sent more at once than was announced")
            else:
                await receive(chunk)

        async def handle_what_makes_sense(data: bytes) -> None:
            try:
                await handle(data)
            except _SENSELESS:
                self._lose("it sent what is no message")

        sctp._receive_data_chunk, sctp._handle_data = receive_within_bounds, handle_what_makes_sense  # noqa: SLF001

    def _state_changed(self) -> None:
        match self._connection.connectionState:
            case "connected":
                self._connected = True
                if not self._offer.has_channel:
                    self._hooks.opened(None, 0)
            case "failed":
                self._lose("the way to the client was lost" if self._connected else "no way to the client was found")
            case "closed":
                if self._way.is_forsaken:
                    self._lose("the way to the client was lost")
                else:
                    self._leave("the client has left")

    def _channel_came(self, channel: RTCDataChannel) -> None:
        if self._channel is not None or channel.label != CHANNEL_LABEL:
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._message_came)
        channel.on("bufferedamountlow", self._hooks.writable)
        channel.on("close", self._channel_closed)
        sctp: Any = self._connection.sctp
        self._hooks.opened(channel, sctp._remote_max_message_size)  # noqa: SLF001

    def _message_came(self, message: str | bytes) -> None:
        if len(message) > LONGEST_MESSAGE_BYTES:
            self._lose(f"it sent a message of more than {LONGEST_MESSAGE_BYTES:,} bytes")
        elif not self._closing:
            self._hooks.message(message)

    def _channel_closed(self) -> None:
        self._leave("the client has closed its data channel")

    def _leave(self, reason: str) -> None:
        self.client_left = self.client_left or not self._closing
        self._lose(reason)

    def _lose(self, reason: str) -> None:
        if not self._closing:
            self._closing = True
            self._hooks.lost(reason)

    async def _learn_round_trip(self) -> None:
        for stats in (await self._sender.getStats()).values():
            if isinstance(stats, RTCRemoteInboundRtpStreamStats) and stats.roundTripTime is not None:
                self.round_trip_seconds = max(0.0, stats.roundTripTime)
