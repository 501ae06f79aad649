"""`realtime-sessions`: how many conversations by WebSocket one core keeps in real time."""

import asyncio
import base64
import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks import bars
from benchmarks.cores import Cores, cpu_seconds, on_core, two_cores
from benchmarks.light_socket import CLOSE, LightSocket, frame
from benchmarks.plan import Plan
from benchmarks.report import Section, Table
from benchmarks.server import Running, started
from benchmarks.spread import milliseconds
from benchmarks.talking import RATE_HZ, REPLY, SAID, SILENCE_MS, all_ended, quantile, said, session_update, settings_of
from benchmarks.tree import resident_bytes
from benchmarks.turns import Kept, Turns, kept
from benchmarks.wire import ReplyBroken

COLUMNS: Final = (
    "sessions",
    "turns",
    "lag p50 ms",
    "lag p95 ms",
    "lag p95 ms, last third",
    "first sound p50 ms",
    "first sound p95 ms",
    "longest hole in a reply ms",
    "behind",
    "of one core %",
    "RSS MB per session",
    "client late p95 ms",
)
STEPS: Final = (1, 10, 25, 50, 75)
JUDGED: Final = 50
STEP_SECONDS: Final = 25.0
PIECE_SECONDS: Final = 0.04
CYCLE_SECONDS: Final = 5.0
# Utterances that begin at other places within a piece and a window of the detector.
VARIANTS: Final = 8
OPEN_AT_ONCE: Final = 10
CLOSED_LIMIT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """What somebody says, and the silence behind it, as frames. needed: the one by which the server can know that they are done."""

    frames: tuple[bytes, ...]
    needed: int


def cycle(variant: int) -> Cycle:
    """One of `VARIANTS`."""
    piece = round(PIECE_SECONDS * RATE_HZ)
    speech = said(SAID)
    begin = variant * piece // VARIANTS
    whole = np.zeros(round(CYCLE_SECONDS * RATE_HZ), np.int16)
    whole[begin : begin + len(speech)] = speech
    sounds = [base64.b64encode(whole[at : at + piece].astype("<i2").tobytes()).decode() for at in range(0, len(whole), piece)]
    frames = tuple(frame(json.dumps({"type": "input_audio_buffer.append", "audio": sound}).encode()) for sound in sounds)
    return Cycle(frames, (begin + len(speech) + SILENCE_MS * RATE_HZ // 1000) // piece)


@dataclass(slots=True)
class Talker:
    """One client, in one conversation. late_seconds: how late its own clock woke it, each time."""

    cycle: Cycle
    first: int
    turns: Turns = field(default_factory=Turns)
    late_seconds: list[float] = field(default_factory=list)
    errors: list[bytes] = field(default_factory=list)
    _socket: LightSocket | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _due: float = 0.0
    _sent: int = 0
    _timer: asyncio.TimerHandle | None = None

    async def open(self, server: Running) -> None:
        """Begin the session, but not to speak yet. Raises ReplyBroken."""
        self._socket = await LightSocket.connect(
            server.endpoint.host, server.endpoint.port, "/v1/realtime?model=scripted", self._told
        )
        self._socket.write(frame(json.dumps(session_update(SILENCE_MS)).encode()))
        async with asyncio.timeout(CLOSED_LIMIT_SECONDS):
            await self._ready.wait()

    def talk(self, after_seconds: float) -> None:
        """Speak, again and again."""
        loop = asyncio.get_running_loop()
        self._due = loop.time() + after_seconds
        self._timer = loop.call_at(self._due, self._send)

    async def close(self) -> None:
        """End the session."""
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            self._socket.write(frame((1000).to_bytes(2, "big"), CLOSE))
            await asyncio.wait((self._socket.closed,), timeout=CLOSED_LIMIT_SECONDS)
            self._socket.abort()

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        self.late_seconds.append(loop.time() - self._due)
        at = (self.first + self._sent) % len(self.cycle.frames)
        if self._socket is not None:
            self._socket.write(self.cycle.frames[at])
        # The end of a turn whose beginning was never sent is none.
        if at == self.cycle.needed and self._sent >= self.cycle.needed:
            self.turns.ended(time.perf_counter())
        self._sent += 1
        self._due += PIECE_SECONDS
        self._timer = loop.call_at(self._due, self._send)

    def _told(self, kind: str, event: bytes, now: float) -> None:
        if kind == "session.updated":
            self._ready.set()
        elif kind == "error":
            self.errors.append(event)
        elif kind == "response.output_audio.delta":
            begin = event.index(b'"delta":"') + len(b'"delta":"')
            self.turns.told(kind, now, (event.index(b'"', begin) - begin) * 3 / 4 / 2 / RATE_HZ)
        else:
            self.turns.told(kind, now)


@dataclass(frozen=True, slots=True)
class Step:
    """What a number of sessions came to."""

    sessions: int
    kept: Kept
    last_lag_p95_seconds: float
    core_share: float
    bytes_per_session: float
    late_p95_seconds: float

    def row(self) -> tuple[str, ...]:
        """For the table."""
        told = self.kept
        return (
            str(self.sessions),
            str(told.turns),
            milliseconds(quantile(told.lags, 0.5)),
            milliseconds(told.lag_p95_seconds),
            milliseconds(self.last_lag_p95_seconds),
            milliseconds(quantile(told.first_sounds, 0.5)),
            milliseconds(quantile(told.first_sounds, 0.95)),
            milliseconds(told.underrun_seconds),
            str(told.behind),
            f"{100 * self.core_share:.0f}",
            f"{self.bytes_per_session / 1e6:.2f}",
            milliseconds(self.late_p95_seconds),
        )


async def run(plan: Plan) -> Section:
    """Have more and more of them talk to a server on one core. `--count` gives one number instead, after a single session."""
    cores = two_cores()
    seconds = plan.seconds or STEP_SECONDS
    steps = STEPS if plan.count is None else tuple(sorted({1, plan.count}))
    cycles = [cycle(variant) for variant in range(VARIANTS)]
    with tempfile.TemporaryDirectory(prefix="voxhelm-benchmark-") as directory, on_core(cores.server):
        settings = {**plan.settings, **settings_of(Path(directory), REPLY)}
        async with started(plan.server_arguments, settings) as server:
            with on_core(cores.client):
                # What is loaded once, and by the first, is no session's.
                await _step(server, cycles, 1, min(2 * CYCLE_SECONDS, seconds))
                done = [await _step(server, cycles, sessions, seconds) for sessions in steps]
    return _section(done, cores)


async def _step(server: Running, cycles: list[Cycle], sessions: int, seconds: float) -> Step:
    memory = resident_bytes(server.pid)
    pieces = len(cycles[0].frames)
    talkers = [Talker(cycles[number % VARIANTS], number * pieces // sessions) for number in range(sessions)]
    try:
        for at in range(0, sessions, OPEN_AT_ONCE):
            await asyncio.gather(*(talker.open(server) for talker in talkers[at : at + OPEN_AT_ONCE]))
        worked, began = cpu_seconds(server.pid), time.perf_counter()
        for number, talker in enumerate(talkers):
            talker.talk(number * PIECE_SECONDS / sessions)
        await asyncio.sleep(seconds)
        now = time.perf_counter()
        share = (cpu_seconds(server.pid) - worked) / (now - began)
        more = resident_bytes(server.pid) - memory
    finally:
        await asyncio.gather(*(talker.close() for talker in talkers))
    errors = [error for talker in talkers for error in talker.errors]
    if errors:
        raise ReplyBroken(f"{len(errors)} errors, the first: {errors[0].decode(errors='replace')}")
    await all_ended(f"http://{server.endpoint.host}:{server.endpoint.port}")
    found = kept((talker.turns for talker in talkers), now)
    last = [
        turn.lag_seconds
        for talker in talkers
        for turn in talker.turns.all
        if turn.lag_seconds is not None and turn.needed > now - seconds / 3
    ]
    late = quantile([late for talker in talkers for late in talker.late_seconds], 0.95)
    return Step(sessions, found, quantile(last, 0.95), share, more / sessions, late)


def _section(steps: list[Step], cores: Cores) -> Section:
    alone, judged = steps[0], next((step for step in steps if step.sessions == JUDGED), None)
    note = (
        f"The server with all of its processes on core {cores.server}, the clients on core {cores.client}. The models cost nothing, and"
        f" each has a process of its own. Everybody says {len(said(SAID)) / RATE_HZ:.1f} s of every {CYCLE_SECONDS:.0f} s in pieces of"
        f" {1000 * PIECE_SECONDS:.0f} ms, with captions, and gets a reply to it. Lag: from the piece by which {SILENCE_MS} ms of silence"
        " were sent to `speech_stopped`; first sound: from there to the first of the reply. Behind: sessions in which a turn's end was"
        " never told, or the last one's more than a second late. Client late: how late the client's own clock woke it."
    )
    if judged is None:
        return Section("realtime-sessions", Table(COLUMNS, tuple(step.row() for step in steps)), (note,))
    more = 1000 * (judged.kept.lag_p95_seconds - alone.kept.lag_p95_seconds)
    verdicts = (bars.SESSIONS_LAG.measured(more), bars.SESSIONS_BEHIND.measured(judged.kept.behind))
    return Section("realtime-sessions", Table(COLUMNS, tuple(step.row() for step in steps)), (note,), verdicts)
