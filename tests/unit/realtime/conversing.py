"""A client in memory that talks to a whole instance on parrots: what is said is exactly what is heard."""

import asyncio
import base64
from typing import Any

import msgspec
import numpy as np

from tests.realtime_record import conforms
from voxhelm.audio.resample import resampled
from voxhelm.domain.caller import Caller
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.face import Heard
from voxhelm.realtime.session_config import Input, ServerVad, SessionConfig, Transcription
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.parrot_engine import PARROT_ENGINE, RATE_HZ, spoken

ANN = Caller("ann")
SILENCE_MS = 200
PIECE_SAMPLES = 480
WITH_VAD = SessionConfig(
    "echo", input=Input(transcription=Transcription(), turn_detection=ServerVad(silence_duration_ms=SILENCE_MS))
)
BY_HAND = SessionConfig("echo", input=Input(transcription=Transcription(), turn_detection=None))


def parrots(**settings: Any):
    models = {"isolation": "inline", "extra_engines": (PARROT_ENGINE,), "time_to_live_seconds": 0} | settings.pop("models", {})
    return make_voxhelm(models=models, **settings)


def sound_of(text: str, silence_seconds: float = 0.0) -> Pcm:
    """A text as a parrot says it, at 24 kHz."""
    samples = np.concatenate([piece.samples for piece in resampled(Pcm(spoken(text), RATE_HZ), 24_000)])
    return Pcm(np.concatenate([samples, np.zeros(round(silence_seconds * 24_000), np.int16)]), 24_000)


class Client:
    """A face that keeps what it is told."""

    def __init__(self, conductor) -> None:
        self.conductor = conductor
        self.events: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None
        self._news = asyncio.Event()

    def send(self, event: bytes) -> None:
        told = msgspec.json.decode(event)
        conforms(told)
        self.events.append(told)
        self._news.set()

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._news.set()

    def tell(self, kind: str, **fields: Any) -> None:
        self.conductor.receive(msgspec.json.encode({"type": kind, **fields}))

    def append(self, pcm: Pcm) -> None:
        for start in range(0, len(pcm.samples), PIECE_SAMPLES):
            piece = Pcm(pcm.samples[start : start + PIECE_SAMPLES], 24_000)
            self.tell("input_audio_buffer.append", audio=base64.b64encode(piece.to_bytes()).decode())

    def speak(self, text: str, silence_seconds: float = 1.0) -> None:
        self.append(sound_of(text, silence_seconds))

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The event of a kind, the first or a later one, once it is there."""
        while len(found := [event for event in self.events if event["type"] == kind]) < count and self.closed is None:
            self._news.clear()
            await self._news.wait()
        assert len(found) >= count, f"closed as {self.closed} without {kind}: {self.kinds}"
        return found[count - 1]

    async def until_closed(self) -> tuple[int, str]:
        while self.closed is None:
            self._news.clear()
            await self._news.wait()
        return self.closed

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]


async def begin(sessions, config=WITH_VAD, caller=ANN, **options: Any) -> Client:
    """A client with a session of its own."""
    client = Client(await sessions.open(config, caller, **options))
    client.conductor.attach(client, plays=False)
    await client.until("session.created")
    return client


class Player(Client):
    """A face that plays, as far as tests say it does."""

    def __init__(self, conductor) -> None:
        super().__init__(conductor)
        self.played: dict[str, list[Pcm]] = {}
        self.acts: list[str] = []
        self.heard_ms = 0.0

    def play(self, item_id: str, pcm: Pcm) -> None:
        self.played.setdefault(item_id, []).append(pcm)

    def end_play(self, item_id: str) -> None:
        self.acts.append(f"end {item_id}")

    def hush(self) -> None:
        self.acts.append("hush")

    def duck(self, gain: float) -> None:
        self.acts.append(f"duck {gain}")
        self._news.set()

    async def until_act(self, act: str) -> None:
        while act not in self.acts:
            self._news.clear()
            await self._news.wait()

    def heard(self) -> Heard | None:
        return Heard(next(reversed(self.played)), self.heard_ms) if self.played else None
