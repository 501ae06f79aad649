"""Sends cases by their numbers, and looks at what the server holds before and after."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx
import psutil

from benchmarks.report import Table
from benchmarks.tree import Holding, holding, resident_bytes
from scripts.bad_inputs.client import Outcome, send
from scripts.bad_inputs.families import case_of
from scripts.bad_inputs.judge import fault_of
from scripts.bad_inputs.world import World

ANSWER_LIMIT_SECONDS: Final = 60.0
SETTLE_LIMIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.25
COLUMNS: Final = ("what", "sent", "2xx and 3xx", "4xx", "5xx", "closed", "left", "faults")
# Metrics that must be back at nothing when nobody asks anything. Our own question is in flight while it is answered.
GAUGES: Final = {
    "voxhelm_model_leases": 0.0,
    "voxhelm_queue_depth": 0.0,
    "voxhelm_queue_in_flight": 0.0,
    "voxhelm_realtime_sessions": 0.0,
    "voxhelm_realtime_sessions_waiting": 0.0,
    "voxhelm_http_requests_in_flight": 1.0,
}
EXCUSED: Final = ("503", "504", "507")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be. number: that of the case, None when it is of no single one."""

    number: int | None
    family: str
    what: str


@dataclass(slots=True)
class Tally:
    """What came of an attack.

    outcomes: answers by family and kind. slowest_probe_beside: the inputs that were being answered when /health was slowest.
    peak_rss_bytes: the most that the process tree held. in_flight: the numbers of the inputs that are being answered.
    """

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0
    slowest_seconds: float = 0.0
    slowest_number: int | None = None
    slowest_probe_seconds: float = 0.0
    slowest_probe_beside: tuple[int, ...] = ()
    in_flight: set[int] = field(default_factory=set)
    peak_rss_bytes: int = 0

    def table(self) -> Table:
        """One row for each family, and one for all."""
        total: Counter[str] = Counter()
        for counts in self.outcomes.values():
            total += counts
        rows = [*sorted(self.outcomes.items()), ("all", total)]
        cells = ("sent", "2", "4", "5", "closed", "left", "faults")
        return Table(COLUMNS, tuple((name, *(f"{counts[cell]:,}" for cell in cells)) for name, counts in rows))


@dataclass(frozen=True, slots=True)
class Server:
    """Who is attacked. pid: None when its process is not ours to look at."""

    host: str
    port: int
    pid: int | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}:{self.port}"


async def attack(server: Server, world: World, seed: int, numbers: Iterable[int], at_once: int) -> Tally:
    """Send the cases of `numbers`, `at_once` at a time, and judge each."""
    tally = Tally()
    queue = iter(numbers)
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        probing = group.create_task(_probe(server, tally))
        workers = [group.create_task(_work(server, world, seed, queue, tally)) for _ in range(at_once)]
        await asyncio.wait(workers)
        probing.cancel()
    tally.seconds = time.monotonic() - began
    return tally


async def _work(server: Server, world: World, seed: int, numbers: Iterator[int], tally: Tally) -> None:
    for number in numbers:
        case = case_of(seed, number, world)
        tally.in_flight.add(number)
        began = time.monotonic()
        try:
            outcome = await send(server.host, server.port, case, ANSWER_LIMIT_SECONDS)
        except OSError as error:
            tally.faults.append(Fault(number, case.family, f"no connection: {error}"))
            return
        seconds = time.monotonic() - began
        tally.in_flight.discard(number)
        if seconds > tally.slowest_seconds:
            tally.slowest_seconds, tally.slowest_number = seconds, number
        counts = tally.outcomes.setdefault(case.family, Counter())
        counts["sent"] += 1
        counts[_kind(outcome)] += 1
        fault = fault_of(case, outcome)
        if fault is not None:
            counts["faults"] += 1
            tally.faults.append(Fault(number, case.family, fault))


def _kind(outcome: Outcome) -> str:
    if outcome.status is not None:
        return str(max(2, outcome.status // 100)).replace("3", "2")
    return "closed" if outcome.closed else "left"


async def _probe(server: Server, tally: Tally) -> None:
    """Whether it answers others meanwhile, and how much it holds."""
    async with httpx.AsyncClient(base_url=server.url, timeout=ANSWER_LIMIT_SECONDS) as http:
        while True:
            began = time.monotonic()
            beside = tuple(tally.in_flight)
            try:
                answer = await http.get("/health")
                if answer.status_code != 200:
                    tally.faults.append(Fault(None, "health", f"status {answer.status_code}"))
            except httpx.TransportError as error:
                tally.faults.append(Fault(None, "health", f"no answer: {error!r}"))
                return
            seconds = time.monotonic() - began
            if seconds > tally.slowest_probe_seconds:
                tally.slowest_probe_seconds, tally.slowest_probe_beside = seconds, tuple({*beside, *tally.in_flight})
            if server.pid is not None:
                try:
                    tally.peak_rss_bytes = max(tally.peak_rss_bytes, resident_bytes(server.pid))
                except psutil.NoSuchProcess:
                    tally.faults.append(Fault(None, "process", "it is gone"))
                    return
            await asyncio.sleep(POLL_SECONDS)


async def at_rest(server: Server, before: Holding | None) -> Holding | None:
    """What the server holds when nothing more goes away: its models unloaded, its connections closed. None when it is not ours.

    before: what it is expected to come back to.
    """
    if server.pid is None:
        return None
    deadline = time.monotonic() + SETTLE_LIMIT_SECONDS
    now = holding(server.pid)
    while time.monotonic() < deadline:
        over = now.over(before) if before is not None else Holding(connections=now.connections)
        if now.processes == 1 and not (over.connections or over.descriptors):
            break
        await asyncio.sleep(POLL_SECONDS)
        now = holding(server.pid)
    return now


def faults_at_rest(metrics: str, more: Holding | None) -> list[Fault]:
    """What is left behind, or went wrong while nobody looked. metrics: of the server at rest. more: than before the attack."""
    found = []
    for line in filter(None, metrics.splitlines()):
        name, _, value = line.rpartition(" ")
        plain = name.partition("{")[0]
        if plain in GAUGES and float(value) > GAUGES[plain]:
            found.append(Fault(None, "left behind", f"{name} is {value}"))
        unseen = (
            plain == "voxhelm_http_requests_total" and 'status="5' in name and not any(f'"{status}"' in name for status in EXCUSED)
        )
        if (unseen or plain == "voxhelm_model_crashes_total") and float(value) > 0:
            found.append(Fault(None, "counted", f"{name} is {value}"))
    if more is not None:
        for what, count in (("processes", more.processes), ("descriptors", more.descriptors), ("connections", more.connections)):
            if count:
                found.append(Fault(None, "left behind", f"{count} {what}"))
    return found
