"""What a caller says: packets in, sound out."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import numpy as np
from aiortc import RTCStatsReport
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtp import AnyRtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSrPacket, RtpPacket

from voxhelm.domain.pcm import Pcm
from voxhelm.webrtc.jitter_buffer import Conceal, JitterBuffer, JitterCounts, Piece, Play, Recover, SoundPacket
from voxhelm.webrtc.opus_decoder import RATE_HZ, OpusDecoder, opus_decoder
from voxhelm.webrtc.opus_packet import CLOCK_HZ
from voxhelm.webrtc.reception import Reception

_CLOCK_PER_SAMPLE: Final = CLOCK_HZ // RATE_HZ
_MOST_SOURCES: Final = 16


class SoundReceiver:
    """Stands where aiortc has an `RTCRtpReceiver`, which has a thread, two queues without bounds and a jitter buffer of its own.

    It keeps its rules: what aiortc calls has aiortc's names.
    """

    def __init__(self, transport: RTCDtlsTransport, on_sound: Callable[[Pcm], None]) -> None:
        self.transport = transport
        self.track: Any = None
        self.on_report: Callable[[], Awaitable[None]] | None = None
        """Called about once a second."""
        self._enabled = True
        self._on_sound = on_sound
        self._loop = asyncio.get_running_loop()
        self._jitter_buffer = JitterBuffer(self._loop.time())
        self._decoder: OpusDecoder | None = None
        self._payload_types: set[int | None] = set()
        self._wake: asyncio.TimerHandle | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._rtcp_ssrc: int | None = None
        self._source: int | None = None
        self._reception = Reception(CLOCK_HZ)
        self._last_sender_report: tuple[int, float] | None = None

    @property
    def counts(self) -> JitterCounts:
        """What has become of the packets so far."""
        return self._jitter_buffer.counts

    @property
    def _track(self) -> Any:
        return self.track

    @_track.setter
    def _track(self, track: Any) -> None:
        self.track = track

    def setTransport(self, transport: RTCDtlsTransport) -> None:  # noqa: N802
        """As aiortc's."""
        self.transport = transport

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        self._rtcp_ssrc = ssrc

    async def getStats(self) -> RTCStatsReport:  # noqa: N802
        """As aiortc's, with what the transport knows."""
        report = RTCStatsReport()
        report.update(self.transport._get_stats())  # noqa: SLF001
        return report

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        """Begin."""
        if self._decoder is not None:
            return
        self._payload_types = {codec.payloadType for codec in parameters.codecs if codec.name.lower() == "opus"}
        self._decoder = opus_decoder()
        self.transport._register_rtp_receiver(self, parameters)  # noqa: SLF001
        self._reporting = asyncio.create_task(self._report())

    async def stop(self) -> None:
        """End for good."""
        if self._decoder is None:
            return
        self.transport._unregister_rtp_receiver(self)  # noqa: SLF001
        self._handle_disconnect()
        if self._reporting is not None:
            self._reporting.cancel()
            await asyncio.gather(self._reporting, return_exceptions=True)
            self._reporting = None
        self._decoder.close()

    def _handle_disconnect(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        self._payload_types = set()

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket) and packet.ssrc == self._source:
            middle = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
            self._last_sender_report = (middle, self._loop.time())

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:  # noqa: ARG002
        if not self._enabled or packet.payload_type not in self._payload_types or not packet.payload:
            return
        now = self._loop.time()
        if packet.ssrc != self._source:
            self._source = packet.ssrc
            self._reception = Reception(CLOCK_HZ)
            self._last_sender_report = None
            self._forget_sources()
        self._reception.note(packet.sequence_number, packet.timestamp, now)
        self._jitter_buffer.put(SoundPacket(packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload), now)
        self._give(now)

    def _forget_sources(self) -> None:
        # The transport remembers every source that it has heard of, and a source may call itself anything.
        known = self.transport._rtp_router.ssrc_table  # noqa: SLF001
        if len(known) > _MOST_SOURCES:
            for source in [source for source in known if source != self._source]:
                del known[source]

    def _woken(self) -> None:
        self._wake = None
        self._give(self._loop.time())

    def _give(self, now_seconds: float) -> None:
        pieces = self._jitter_buffer.take(now_seconds)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        wake_at_seconds = self._jitter_buffer.wake_at_seconds
        if wake_at_seconds is not None:
            self._wake = self._loop.call_at(wake_at_seconds, self._woken)
        if pieces and self._decoder is not None:
            decoder = self._decoder
            self._on_sound(Pcm(np.concatenate([_sound_of(piece, decoder) for piece in pieces]), RATE_HZ))

    async def _report(self) -> None:
        while True:
            # As RFC 3550 wants it, so that the reports of many do not fall on the same moment.
            await asyncio.sleep(0.5 + random.random())  # noqa: S311
            if self.on_report is not None:
                await self.on_report()
            report = self._reception.report()
            if report is None or self._rtcp_ssrc is None or self._source is None:
                continue
            middle, since = self._last_sender_report or (0, self._loop.time())
            delay = min(0xFFFFFFFF, int((self._loop.time() - since) * 65_536))
            info = RtcpReceiverInfo(
                ssrc=self._source,
                fraction_lost=report.fraction_lost,
                packets_lost=report.packets_lost,
                highest_sequence=report.highest_sequence,
                jitter=report.jitter,
                lsr=middle,
                dlsr=delay,
            )
            try:
                await self.transport._send_rtp(bytes(RtcpRrPacket(ssrc=self._rtcp_ssrc, reports=[info])))  # noqa: SLF001
            except ConnectionError:
                return


def _sound_of(piece: Piece, decoder: OpusDecoder) -> Any:
    match piece:
        case Play(payload):
            return decoder.decode(payload)
        case Recover(payload, samples):
            return decoder.recover(payload, samples // _CLOCK_PER_SAMPLE)
        case Conceal(samples):
            return decoder.conceal(samples // _CLOCK_PER_SAMPLE)
        case _:
            return np.zeros(piece.samples // _CLOCK_PER_SAMPLE, dtype=np.int16)
