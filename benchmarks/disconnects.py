"""`disconnects`: what a server still holds after clients that left at the first sound of a long speech."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from benchmarks import bars
from benchmarks.load import closed_loop
from benchmarks.plan import Plan, servers, tree_of
from benchmarks.report import Section, Table
from benchmarks.spread import megabytes
from benchmarks.target import Target
from benchmarks.texts import passage
from benchmarks.tree import Holding, alone, holding
from benchmarks.wire import Connection, Request

COLUMNS = (
    "server",
    "format",
    "left early",
    "gone after s",
    "processes left",
    "threads left",
    "descriptors left",
    "connections left",
    "RSS MB more",
    "next request",
    "unloads then",
)
NARRATION_CHARACTERS = 20_000
AT_ONCE = 8
TIME_TO_LIVE_SECONDS = 5
UNLOAD_LIMIT_SECONDS = 30.0
SETTLE_LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.25
FIRST_SOUND_LIMIT_SECONDS = 60.0


async def run(plan: Plan) -> Section:
    """Let clients vanish from each server in turn."""
    rows: list[tuple[str, ...]] = []
    worst = 0
    settings = {**plan.settings, "models.time_to_live_seconds": str(TIME_TO_LIVE_SECONDS)}
    async with servers(replace(plan, settings=settings)) as targets:
        for target in targets:
            own = plan.start and target is targets[0]
            for audio_format in plan.formats:
                if target.speaks(audio_format):
                    row, left = await vanish(target, audio_format, plan.count or 100)
                    unloads = "yes" if own and await alone(tree_of(target), UNLOAD_LIMIT_SECONDS) else "**no**" if own else "-"
                    rows.append((*row, unloads))
                    worst = max(worst, left) if target is targets[0] else worst
    note = (
        f"{AT_ONCE} at a time ask for {NARRATION_CHARACTERS} characters and close at the first sound. Counted over the process tree, "
        f"against the same server after a warm-up of {4 * AT_ONCE} short requests; looked at until nothing is left, "
        f"at most {SETTLE_LIMIT_SECONDS:.0f} s. A model unloads only when nobody holds a lease on it any more."
    )
    return Section("disconnects", Table(COLUMNS, tuple(rows)), (note,), (bars.DISCONNECTS.measured(worst),))


async def vanish(target: Target, audio_format: str, count: int) -> tuple[tuple[str, ...], int]:
    """The row of one server, and how many processes and threads it kept."""
    pid = tree_of(target)
    short = [target.speech(passage(60, number), audio_format) for number in range(4 * AT_ONCE)]
    await closed_loop(target.endpoint, short, AT_ONCE, 60.0)
    before = await _steady(pid)
    gate = asyncio.Semaphore(AT_ONCE)
    narrations = (target.speech(passage(NARRATION_CHARACTERS, 7 * number), audio_format) for number in range(count))
    left_early = sum(await asyncio.gather(*(_leave(target, narration, gate) for narration in narrations)))
    left, seconds = await _settled(pid, before)
    after = await closed_loop(target.endpoint, short[:1], 1, 60.0)
    numbers = (left.processes, left.threads, left.descriptors, left.connections)
    row = (
        target.name,
        audio_format,
        f"{left_early} of {count}",
        f"{seconds:.1f}",
        *(str(number) for number in numbers),
        megabytes(left.rss_bytes),
        "ok" if after.replies else after.failures[0],
    )
    return row, left.processes + left.threads


@asynccontextmanager
async def _client(target: Target) -> AsyncIterator[Connection]:
    connection = Connection(target.endpoint)
    try:
        yield connection
    finally:
        connection.abort()


async def _leave(target: Target, request: Request, gate: asyncio.Semaphore) -> bool:
    """Close at the first sound. False when the reply was over by then, or no sound came: that was no disconnect."""
    async with gate, _client(target) as connection:
        try:
            async with asyncio.timeout(FIRST_SOUND_LIMIT_SECONDS):
                exchange = await connection.begin(request)
                await exchange.begun.wait()
        except (OSError, TimeoutError):
            return False
        return not exchange.finished.done()


async def _steady(pid: int) -> Holding:
    """What is held once two looks in a row agree."""
    held = holding(pid)
    deadline = time.monotonic() + SETTLE_LIMIT_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(POLL_SECONDS)
        again = holding(pid)
        if (again.processes, again.threads, again.descriptors) == (held.processes, held.threads, held.descriptors):
            return again
        held = again
    return held


async def _settled(pid: int, before: Holding) -> tuple[Holding, float]:
    """What is left, and after how many seconds nothing was."""
    began = time.monotonic()
    while True:
        left = holding(pid).over(before)
        passed = time.monotonic() - began
        if not (left.processes or left.threads or left.descriptors or left.connections) or passed > SETTLE_LIMIT_SECONDS:
            return left, passed
        await asyncio.sleep(POLL_SECONDS)
