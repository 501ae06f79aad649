"""A session without a server: what it says and wants done is collected, and the tests play everybody else."""

import base64
from collections import defaultdict
from typing import Any

import numpy as np

from tests.realtime_record import Record
from voxhelm.assistant.answer import AnswerUsage
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import happenings as happening
from voxhelm.realtime.beginning import Beginning
from voxhelm.realtime.client_events import InvalidEvent, parse
from voxhelm.realtime.effects import Effect, FinishHearing, OpenHearing, Send, StartAnswer
from voxhelm.realtime.face import Heard
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.session import Session
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.spans import Span

WINDOW_MS = 32.0


def counted():
    """Ids that tests can foresee: item_1, item_2, resp_1."""
    counts: dict[str, int] = defaultdict(int)

    def ids(kind: str) -> str:
        counts[kind] += 1
        return f"{kind}_{counts[kind]}"

    return ids


class Rig:
    def __init__(self, config: SessionConfig | None = None, limits: SessionLimits | None = None, session: Session | None = None):
        self.now = 100.0
        self.session = session or Session(
            Beginning("sess_1", "conv_1", self.now), config or SessionConfig("auto"), counted(), limits or SessionLimits()
        )
        self.events: list[dict[str, Any]] = []
        self.record = Record(item.id for item in self.session.conversation)
        self.effects: list[Effect] = []
        self.heard: Heard | None = None
        self.sound_ms = 0.0

    def _taken(self, effects: list[Effect]) -> list[dict[str, Any]]:
        told = [effect.event for effect in effects if isinstance(effect, Send)]
        self.effects += [effect for effect in effects if not isinstance(effect, Send)]
        for event in told:
            self.record.take(event)
        self.events += told
        return told

    def greet(self):
        return self._taken(self.session.greet())

    def say(self, kind: str, **fields: object):
        """The client says something; returns what it is told."""
        import msgspec

        try:
            event = parse(msgspec.json.encode({"type": kind, **fields}))
        except InvalidEvent as refusal:
            return self._taken(self.session.refuse(refusal, refusal.event_id))
        return self._taken(self.session.take(event, self.now, self.heard))

    def happen(self, message: happening.Happening):
        return self._taken(self.session.take(message, self.now, self.heard))

    def append(self, milliseconds: float, level: int = 0):
        samples = np.full(round(milliseconds * 24), level, np.int16)
        self.sound_ms += milliseconds
        self.now += milliseconds / 1000
        if self.session._plays:
            return self.happen(happening.Sound(Pcm(samples, 24_000)))
        return self.say("input_audio_buffer.append", audio=base64.b64encode(samples.tobytes()).decode())

    def voice(self, milliseconds: float, probability: float = 1.0):
        """So much sound with somebody in it, or nobody; in whole windows."""
        told = []
        for _ in range(round(milliseconds / WINDOW_MS)):
            start_ms = self.sound_ms
            told += self.append(WINDOW_MS, level=round(probability * 1000))
            told += self.happen(happening.Voices(start_ms, WINDOW_MS, (probability,)))
        return told

    def silence(self, milliseconds: float):
        return self.voice(milliseconds, 0.0)

    def understood(self, text: str, item_id: str | None = None):
        """The recogniser is done."""
        return self.happen(happening.Heard(item_id or self.finished[-1], text, 1.0, "en"))

    def user_says(self, text: str):
        """A whole turn."""
        return [*self.voice(640), *self.silence(544), *self.understood(text)]

    def speak(self, text: str, word_ms: float = 100.0, response_id: str | None = None):
        """The assistant says words, each of which takes so long."""
        words = [f"{word} " for word in text.split()]
        words[-1] = words[-1].rstrip()
        spans = tuple(Span(word, index * word_ms, (index + 1) * word_ms) for index, word in enumerate(words))
        pcm = Pcm.silence(len(words) * word_ms / 1000, 24_000)
        return self.happen(happening.AnswerSpeech(response_id or self.asked[-1], pcm, pcm.to_bytes(), spans, text))

    def end_answer(self, response_id: str | None = None):
        return self.happen(happening.AnswerEnded(response_id or self.asked[-1], AnswerUsage()))

    def wants(self, kind: type) -> list[Any]:
        """Effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def asked(self) -> list[str]:
        return [effect.response_id for effect in self.wants(StartAnswer)]

    @property
    def question(self) -> list[tuple[str, str]]:
        """What the assistant was asked last: who said what."""
        return [(entry.role, entry.text) for entry in self.wants(StartAnswer)[-1].question.entries]

    @property
    def opened(self) -> list[str]:
        return [effect.item_id for effect in self.wants(OpenHearing)]

    @property
    def finished(self) -> list[str]:
        return [effect.item_id for effect in self.wants(FinishHearing)]


def kinds(events) -> list[str]:
    return [event["type"] for event in events]
