"""A client that calls, and what listens to it."""

import asyncio
from fractions import Fraction
from random import Random

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from voxhelm.domain.pcm import Pcm
from voxhelm.webrtc.peer import Peer
from voxhelm.webrtc.peer_options import PeerOptions

HERE = PeerOptions(listen_on=("127.0.0.1",), connect_seconds=20)


async def until(condition, seconds=15.0):
    """Wait for a condition, looking again and again."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


class Heard:
    """A PeerListener that writes down what it is told."""

    def __init__(self):
        self.opened = 0
        self.events = []
        self.sounds = []
        self.drained = []
        self.closed = []

    def on_open(self):
        self.opened += 1

    def on_event(self, event):
        self.events.append(event)

    def on_sound(self, pcm):
        self.sounds.append(pcm)

    def on_drained(self, item_id):
        self.drained.append(item_id)

    def on_closed(self, reason):
        self.closed.append(reason)

    @property
    def samples(self):
        return np.concatenate([pcm.samples for pcm in self.sounds]) if self.sounds else np.empty(0, dtype=np.int16)


class Tone(MediaStreamTrack):
    """A microphone that hums."""

    kind = "audio"

    def __init__(self, hz=440, level=8_000):
        super().__init__()
        self._hz = hz
        self._level = level
        self._samples = 0
        self._began = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0, self._began + self._samples / 48_000 - loop.time()))
        if self.readyState != "live":
            raise MediaStreamError
        times = (np.arange(960) + self._samples) / 48_000
        wave = (np.sin(2 * np.pi * self._hz * times) * self._level).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 48_000
        frame.pts = self._samples
        frame.time_base = Fraction(1, 48_000)
        self._samples += 960
        return frame


class Client:
    """A browser, as far as a call goes."""

    def __init__(self, track=None, *, channel="oai-events", direction="sendrecv", connection=None):
        self.connection = connection or RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.transceiver = self.connection.addTransceiver(track or Tone(), direction=direction)
        self.channel = None if channel is None else self.connection.createDataChannel(channel)
        self.messages = []
        self.frames = []
        self._listening = None
        self.connection.on("track", self._hear)
        if self.channel is not None:
            self.channel.on("message", self.messages.append)

    async def offer(self, *, gathered=False):
        offer = await self.connection.createOffer()
        await self.connection.setLocalDescription(offer)
        return self.connection.localDescription.sdp if gathered else offer.sdp

    async def accept(self, answer_sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))

    async def call(self, listener, options=HERE, *, gathered=False):
        peer = await Peer.answer(await self.offer(gathered=gathered), options, listener)
        await self.accept(peer.answer_sdp)
        return peer

    def _hear(self, track):
        self._listening = asyncio.create_task(self._listen(track))

    async def _listen(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.frames.append(frame.to_ndarray().reshape(-1, 2)[:, 0])

    @property
    def samples(self):
        """What was heard, at 48 kHz."""
        return np.concatenate(self.frames) if self.frames else np.empty(0, dtype=np.int16)

    async def leave(self):
        await self.connection.close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)


def spoil_the_way(client, *, lost, late, late_seconds, seed, everything=False):
    """Lose some of the sound that a client sends, or of everything, and hold some up. Returns one for each packet of it."""
    random = Random(seed)
    ice = client.transceiver.sender.transport.transport
    send, loop, sent = ice._send, asyncio.get_running_loop(), []
    held_up = set()

    async def spoilt(data):
        if not everything and not (127 < data[0] < 192 and not 191 < data[1] < 209):
            await send(data)
            return
        sent.append(1)
        chance = random.random()
        if chance < lost:
            return
        if chance < lost + late:
            loop.call_later(late_seconds, lambda: held_up.add(asyncio.ensure_future(send(data))))
        else:
            await send(data)

    ice._send = spoilt
    return sent


def tone(hz, seconds, rate_hz=24_000, level=8_000):
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return Pcm((np.sin(2 * np.pi * hz * times) * level).astype(np.int16), rate_hz)


def strength_at(samples, hz, rate_hz):
    """How much of a sound is a tone, from 0 to 1."""
    if not len(samples) or not samples.any():
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    return float(spectrum[np.abs(frequencies - hz) < 20].sum() / spectrum.sum())
