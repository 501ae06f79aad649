"""`realtime-calls`: how many conversations by WebRTC one core keeps in real time."""

import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import bars
from benchmarks.cores import Cores, cpu_seconds, on_core, two_cores
from benchmarks.plan import Plan
from benchmarks.realtime_callers import CYCLE_SECONDS, Told
from benchmarks.report import Section, Table
from benchmarks.server import Running, started
from benchmarks.spread import milliseconds
from benchmarks.talking import RATE_HZ, REPLY, SAID, SESSIONS, SILENCE_MS, all_ended, metrics_of, quantile, said, settings_of
from benchmarks.tree import resident_bytes
from benchmarks.wire import ReplyBroken

COLUMNS: Final = (
    "calls",
    "turns",
    "lag p50 ms",
    "lag p95 ms",
    "first sound p50 ms",
    "first sound p95 ms",
    "behind",
    "packets/s sent",
    "packets/s received",
    "longest gap ms",
    "of one core %",
    "RSS MB per call",
    "callers, of theirs %",
    "callers late p95 ms",
)
STEPS: Final = (1, 5, 10)
JUDGED: Final = 10
STEP_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """What a number of calls came to."""

    calls: int
    told: Told
    core_share: float
    bytes_per_call: float

    @property
    def lag_p95_seconds(self) -> float:
        """What 95 of 100 turns did not exceed."""
        return quantile(self.told.lags, 0.95)

    def row(self) -> tuple[str, ...]:
        """For the table."""
        told = self.told
        return (
            str(self.calls),
            str(told.turns),
            milliseconds(quantile(told.lags, 0.5)),
            milliseconds(self.lag_p95_seconds),
            milliseconds(quantile(told.first_sounds, 0.5)),
            milliseconds(quantile(told.first_sounds, 0.95)),
            str(told.behind),
            f"{told.sent_per_second:.1f}",
            f"{told.received_per_second:.1f}",
            milliseconds(told.longest_gap_seconds),
            f"{100 * self.core_share:.0f}",
            f"{self.bytes_per_call / 1e6:.2f}",
            f"{100 * told.core_share:.0f}",
            milliseconds(told.late_p95_seconds),
        )


async def run(plan: Plan) -> Section:
    """Have more and more of them call a server on one core. `--count` gives one number instead, after a single call."""
    cores = two_cores()
    seconds = plan.seconds or STEP_SECONDS
    steps = STEPS if plan.count is None else tuple(sorted({1, plan.count}))
    with tempfile.TemporaryDirectory(prefix="voxhelm-benchmark-") as directory, on_core(cores.server):
        settings = {**plan.settings, **settings_of(Path(directory), REPLY)}
        async with started(plan.server_arguments, settings) as server:
            with on_core(cores.client):
                # What is loaded once, and by the first, is no call's.
                await _step(server, 1, min(CYCLE_SECONDS, seconds))
                done = [await _step(server, calls, seconds) for calls in steps]
    return _section(done, cores)


async def _step(server: Running, calls: int, seconds: float) -> Step:
    url = f"http://{server.endpoint.host}:{server.endpoint.port}"
    memory = most = resident_bytes(server.pid)
    words = (sys.executable, "-m", "benchmarks.realtime_callers", url, str(calls), str(seconds))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    telling = asyncio.create_task(process.communicate())
    shares = []
    try:
        while not telling.done():
            worked, began = cpu_seconds(server.pid), time.perf_counter()
            talking = (await metrics_of(url)).get(SESSIONS, 0.0) >= calls
            await asyncio.wait((telling,), timeout=LOOK_SECONDS)
            most = max(most, resident_bytes(server.pid))
            if talking and not telling.done():
                shares.append((cpu_seconds(server.pid) - worked) / (time.perf_counter() - began))
        output, errors = telling.result()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await asyncio.gather(telling, return_exceptions=True)
    if process.returncode != 0:
        raise ReplyBroken(f"the callers failed: {errors.decode(errors='replace').strip().splitlines()[-1:]}")
    await all_ended(url)
    share = sum(shares) / len(shares) if shares else float("nan")
    return Step(calls, Told(**json.loads(output)), share, (most - memory) / calls)


def _section(steps: list[Step], cores: Cores) -> Section:
    alone, judged = steps[0], next((step for step in steps if step.calls == JUDGED), None)
    note = (
        f"The server with all of its processes on core {cores.server}, the callers on core {cores.client}, in a process of their own"
        " that sends encoded packets and counts those that come. The models cost nothing, and each has a process of its own. Everybody"
        f" says {len(said(SAID)) / RATE_HZ:.1f} s of every {CYCLE_SECONDS:.0f} s and gets a reply to it. Lag: from the packet by which"
        f" {SILENCE_MS} ms of silence were sent to `speech_stopped`;"
        " first sound: from there to `output_audio_buffer.started`. Packets: of the call that had the fewest; 50 a second are right."
    )
    table = Table(COLUMNS, tuple(step.row() for step in steps))
    if judged is None:
        return Section("realtime-calls", table, (note,))
    verdicts = (
        bars.CALLS_LAG.measured(1000 * (judged.lag_p95_seconds - alone.lag_p95_seconds)),
        bars.CALLS_BEHIND.measured(judged.told.behind),
        bars.CALLS_FRAMES.measured(judged.told.received_per_second),
    )
    return Section("realtime-calls", table, (note,), verdicts)
