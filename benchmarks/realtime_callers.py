"""Callers by WebRTC. They share the machine with the server: their sound is encoded before, and what comes is only counted."""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import av
import httpx
import numpy as np
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from benchmarks.talking import RATE_HZ, SAID, SILENCE_MS, quantile, said, session_update
from benchmarks.turns import Turns, kept
from voxhelm.webrtc.opus_encoder import OpusEncoder

FRAME_SECONDS: Final = 0.02
CLOCK_HZ: Final = 48_000
CYCLE_SECONDS: Final = 6.0
OPEN_LIMIT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of calls, for another process. Seconds.

    sent_per_second, received_per_second: packets with sound of the call that had the fewest. longest_gap_seconds: without one.
    core_share: of the callers' own core.
    """

    turns: int
    lags: tuple[float, ...]
    first_sounds: tuple[float, ...]
    behind: int
    sent_per_second: float
    received_per_second: float
    longest_gap_seconds: float
    core_share: float
    late_p95_seconds: float


class Microphone(MediaStreamTrack):
    """Says the same again and again, as packets."""

    kind = "audio"

    def __init__(self, packets: list[bytes], first: int, needed: int, turns: Turns) -> None:
        """first: the packet that it begins with. needed: the one by which the server can know that the speaker is done."""
        super().__init__()
        self._packets = packets
        self._first = first
        self._needed = needed
        self._turns = turns
        self._due: float | None = None
        self.sent = 0
        self.late_seconds: list[float] = []

    async def recv(self) -> Any:
        """The next packet, when it is due."""
        loop = asyncio.get_running_loop()
        self._due = loop.time() if self._due is None else self._due + FRAME_SECONDS
        await asyncio.sleep(max(0.0, self._due - loop.time()))
        if self.readyState != "live":
            raise MediaStreamError
        self.late_seconds.append(loop.time() - self._due)
        at = (self._first + self.sent) % len(self._packets)
        packet = av.Packet(self._packets[at])
        packet.time_base = Fraction(1, CLOCK_HZ)
        packet.pts = round(self.sent * FRAME_SECONDS * CLOCK_HZ)
        if at == self._needed and self.sent >= self._needed:
            self._turns.ended(time.perf_counter())
        self.sent += 1
        return packet


@dataclass(slots=True)
class Caller:
    """One call."""

    microphone: Microphone
    turns: Turns
    received: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _connection: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[])))
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _place: str = ""

    async def open(self, http: httpx.AsyncClient) -> None:
        """Call, and wait until the session listens."""
        transceiver = self._connection.addTransceiver(self.microphone, direction="sendrecv")

        async def count(_packet: Any, **_arrival: Any) -> None:
            self.received.append(time.perf_counter())

        # Instead of a jitter buffer and a decoder, whose work would be measured with the server's.
        transceiver.receiver._handle_rtp_packet = count  # noqa: SLF001
        channel = self._connection.createDataChannel("oai-events")
        channel.on("open", lambda: channel.send(json.dumps(session_update(SILENCE_MS))))
        channel.on("message", self._take)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await http.post(
            "/v1/realtime/calls?model=scripted",
            content=self._connection.localDescription.sdp,
            headers={"content-type": "application/sdp"},
        )
        answer.raise_for_status()
        self._place = answer.headers["location"]
        await self._connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        async with asyncio.timeout(OPEN_LIMIT_SECONDS):
            await self._ready.wait()

    async def close(self, http: httpx.AsyncClient) -> None:
        """Hang up for good: who only goes may come back, and is waited for."""
        if self._place:
            await http.post(f"{self._place}/hangup")
        await self._connection.close()

    def _take(self, message: str) -> None:
        now = time.perf_counter()
        event = json.loads(message)
        if event["type"] == "session.updated":
            self._ready.set()
        elif event["type"] == "error":
            self.errors.append(message)
        else:
            self.turns.told(event["type"], now)


def packets() -> tuple[list[bytes], int]:
    """A cycle of speech and silence, encoded, and the packet by which the server can know that the speaker is done."""
    frame = round(FRAME_SECONDS * RATE_HZ)
    speech = said(SAID)
    whole = np.zeros(round(CYCLE_SECONDS * RATE_HZ), np.int16)
    whole[: len(speech)] = speech
    encoder = OpusEncoder()
    return [encoder.encode(part) for part in whole.reshape(-1, frame)], (len(speech) + SILENCE_MS * RATE_HZ // 1000) // frame


async def call(url: str, count: int, seconds: float) -> Told:
    """Have `count` of them talk for so long."""
    encoded, needed = packets()
    callers = []
    for number in range(count):
        turns = Turns()
        callers.append(Caller(Microphone(encoded, number * len(encoded) // count, needed, turns), turns))
    process = psutil.Process()
    async with httpx.AsyncClient(base_url=url, timeout=OPEN_LIMIT_SECONDS) as http:
        try:
            for caller in callers:
                await caller.open(http)
            worked, began = sum(process.cpu_times()[:2]), time.perf_counter()
            sent = [caller.microphone.sent for caller in callers]
            await asyncio.sleep(seconds)
            now = time.perf_counter()
            share = (sum(process.cpu_times()[:2]) - worked) / (now - began)
            sent = [caller.microphone.sent - before for caller, before in zip(callers, sent, strict=True)]
            received = [[at for at in caller.received if began <= at <= now] for caller in callers]
        finally:
            await asyncio.gather(*(caller.close(http) for caller in callers))
    errors = [error for caller in callers for error in caller.errors]
    if errors:
        raise RuntimeError(f"{len(errors)} errors, the first: {errors[0]}")
    found = kept((caller.turns for caller in callers), now)
    gaps = [later - earlier for times in received for earlier, later in pairwise(times)]
    return Told(
        found.turns,
        found.lags,
        found.first_sounds,
        found.behind,
        min(sent) / (now - began),
        min(len(times) for times in received) / (now - began),
        max(gaps, default=float("nan")),
        share,
        quantile((late for caller in callers for late in caller.microphone.late_seconds), 0.95),
    )


def main() -> None:
    """`python -m benchmarks.realtime_callers URL COUNT SECONDS` prints what came of it as JSON."""
    url, count, seconds = sys.argv[1:]
    print(json.dumps(asdict(asyncio.run(call(url, int(count), float(seconds))))))


if __name__ == "__main__":
    main()
