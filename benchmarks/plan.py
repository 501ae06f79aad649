"""What a run is asked to do, and the servers it does it to."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.server import started
from benchmarks.target import Dialect, Target
from benchmarks.tree import listener
from voxhelm.testing.engine import FAKE_ENGINE

SPEECH_MODEL = "tts-1"
HEARING_MODEL = "whisper-1"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class NotMeasurable(Exception):
    """The plan lacks what a measurement needs; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run.

    targets: the servers given by URL; the first server of all is the one that others are compared with.
    start: whether a Voxhelm is started for each measurement, as the first server.
    server_arguments: added to `voxhelm serve`.
    settings: values by `section.key` that a measurement gives to a started server.
    model, voice: what a started server is asked for; each given one has its own.
    clients: how many ask at once, one cell each.
    rounds: how often each cell is measured, servers taking turns.
    requests: per round and cell, and never fewer than twice the clients.
    budget_seconds: after this a round sends no more.
    characters: about how long each text is.
    count: of what a measurement without rounds repeats: disconnects, starts, pairs.
    seconds: how much audio is heard.
    engine: which one runs in line and hosted, or is called directly.
    audio: a recording to hear; without one the server says it first.
    whisper: the folder of a Whisper model; without one, one of full size is made, with random weights.
    """

    targets: tuple[Target, ...] = ()
    start: bool = True
    server_arguments: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    voice: str | None = None
    formats: tuple[str, ...] = ("pcm", "wav", "mp3", "opus", "aac", "flac")
    clients: tuple[int, ...] = (1, 8, 32)
    rounds: int = 5
    requests: int = 32
    budget_seconds: float = 10.0
    characters: int = 130
    count: int | None = None
    seconds: float | None = None
    engine: str | None = None
    transcription_model: str | None = None
    audio: Path | None = None
    whisper: Path | None = None


def costless(plan: Plan) -> Plan:
    """The plan with models that cost nothing, on a started server, where it names none of its own."""
    settings = {**plan.settings, "models.extra_engines": json.dumps([FAKE_ENGINE])}
    speaks = plan.model or "fake-speech"
    return replace(plan, settings=settings, model=speaks, transcription_model=plan.transcription_model or "fake-transcription")


@asynccontextmanager
async def servers(plan: Plan) -> AsyncIterator[list[Target]]:
    """The servers of a plan, a started Voxhelm first, each with its process where that can be known."""
    given = [target if target.pid is not None else replace(target, pid=_process_of(target)) for target in plan.targets]
    if not plan.start:
        if not given:
            raise NotMeasurable("no server: give --target NAME=URL or --start")
        yield given
        return
    async with started(plan.server_arguments, plan.settings) as running:
        own = Target("voxhelm", running.endpoint, Dialect.OPENAI, plan.model or SPEECH_MODEL, plan.voice, running.pid)
        yield [own, *given]


def _process_of(target: Target) -> int | None:
    return listener(target.endpoint.port) if target.endpoint.host in LOCAL_HOSTS else None


def tree_of(target: Target) -> int:
    """The root of a server's process tree. Raises NotMeasurable when it is not known."""
    if target.pid is None:
        raise NotMeasurable(f"the process of {target.name} is not known: give --pid {target.name}=PID")
    return target.pid
