"""`soak`: mixed load with clients that leave, hosts that are killed and models that make room for each other; then what is left."""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from benchmarks import bars
from benchmarks.plan import NotMeasurable, Plan
from benchmarks.probe import probed
from benchmarks.report import Section, Table
from benchmarks.server import started
from benchmarks.texts import passage
from benchmarks.tree import Holding, holding
from voxhelm.testing.engine import FAKE_ENGINE

COLUMNS = ("what", "count")
SOAK_SECONDS = 1800.0
WORKERS = 8
KILL_EVERY_SECONDS = 7.0
# Room for two of the three models that speak and hear, so that they have to make room for each other.
BUDGET = {"cpu": "400MiB"}
# So little that what is kept makes room all the time.
CACHE_LIMIT = "16MiB"
CLIP = Path(__file__).parent.parent / "tests" / "data" / "flite-station-slt.wav"
TEXT_CHARACTERS = 1000
# One text in so many has been said before, and may come from what was kept.
SAID_BEFORE = 8
SETTLE_SECONDS = 60.0


@dataclass(slots=True)
class Tally:
    """What happened. outcomes: answers by kind. unanswered: requests that ended without any answer, which must not happen."""

    outcomes: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    probe_seconds: list[float] = field(default_factory=list)
    kills: int = 0


async def run(plan: Plan) -> Section:
    """Soak a started server and look at what is left."""
    seconds = plan.seconds or SOAK_SECONDS
    tally = Tally()
    settings = {
        **plan.settings,
        "models.extra_engines": json.dumps([FAKE_ENGINE]),
        "models.memory_budget_bytes": json.dumps(BUDGET),
        "models.time_to_live_seconds": "5",
        "models.patience_seconds": "1",
        "log.level": "error",
    }
    with tempfile.TemporaryDirectory(prefix="voxhelm-benchmark-") as cache:
        settings |= {"cache.directory": cache, "cache.limit_bytes": CACHE_LIMIT}
        return await _soak(plan, settings, seconds, tally)


async def _soak(plan: Plan, settings: Mapping[str, str], seconds: float, tally: Tally) -> Section:
    async with started(plan.server_arguments, settings) as server:
        url = f"http://127.0.0.1:{server.endpoint.port}"
        async with httpx.AsyncClient(base_url=url, timeout=120, limits=httpx.Limits(max_connections=WORKERS * 2)) as http:
            await _once(http, tally, random.Random(0))
            before = holding(server.pid)
            until = time.monotonic() + seconds
            async with asyncio.TaskGroup() as group:
                probing = group.create_task(probed(server.endpoint, seconds))
                group.create_task(_kill(server.pid, tally, until))
                for seed in range(WORKERS):
                    group.create_task(_work(http, tally, until, seed))
            tally.probe_seconds = probing.result()
            after = await _settled(server.pid, before)
            leases = await _leases(http)
    return _section(seconds, tally, after.over(before), leases)


async def _work(http: httpx.AsyncClient, tally: Tally, until: float, seed: int) -> None:
    chance = random.Random(seed)
    while time.monotonic() < until:
        await _once(http, tally, chance)


async def _once(http: httpx.AsyncClient, tally: Tally, chance: random.Random) -> None:
    """One request of a random kind. Everything but silence is an answer: a status, a whole body, or a stream that says that it failed."""
    kind = chance.choice(("say", "say", "say and leave", "hear", "bad"))
    try:
        if kind == "hear":
            answer = await http.post("/v1/audio/transcriptions", files={"file": CLIP.read_bytes()}, data={"model": "whisper-1"})
            tally.outcomes[f"{kind}: {answer.status_code}"] += 1
        elif kind == "bad":
            answer = await http.post("/v1/audio/speech", json={"input": "", "model": chance.choice(["tts-1", "nobody"])})
            tally.outcomes[f"{kind}: {answer.status_code}"] += 1
        else:
            known = chance.randrange(SAID_BEFORE) == 0
            body = {
                "input": passage(TEXT_CHARACTERS, 0 if known else chance.randrange(1, 1 << 30)),
                "model": chance.choice(["espeak-ng", "fake-speech"]),
                "voice": "en",
                "response_format": chance.choice(["mp3", "opus", "pcm"]),
            }
            body |= {"voice": "tone"} if body["model"] == "fake-speech" else {}
            async with http.stream("POST", "/v1/audio/speech", json=body) as answer:
                async for _ in answer.aiter_raw():
                    if kind == "say and leave":
                        break
            tally.outcomes[f"{kind}: {answer.status_code}"] += 1
    except httpx.RemoteProtocolError:
        tally.outcomes[f"{kind}: broken off"] += 1
    except httpx.TransportError as error:
        tally.unanswered.append(f"{kind}: {type(error).__name__}")


async def _kill(pid: int, tally: Tally, until: float) -> None:
    chance = random.Random(99)
    while time.monotonic() + KILL_EVERY_SECONDS < until:
        await asyncio.sleep(KILL_EVERY_SECONDS)
        hosts = psutil.Process(pid).children()
        if hosts:
            chance.choice(hosts).kill()
            tally.kills += 1


async def _settled(pid: int, before: Holding) -> Holding:
    """What is held when nothing more goes away, models included."""
    deadline = time.monotonic() + SETTLE_SECONDS
    now = holding(pid)
    while (now.processes > 1 or now.connections > before.connections) and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        now = holding(pid)
    return now


async def _leases(http: httpx.AsyncClient) -> float:
    lines = (await http.get("/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("voxhelm_model_leases{"))


def _section(seconds: float, tally: Tally, more: Holding, leases: float) -> Section:
    if not tally.probe_seconds:
        raise NotMeasurable("the soak was too short for a probe")
    probes = sorted(tally.probe_seconds)
    rows = [(kind, str(count)) for kind, count in sorted(tally.outcomes.items())]
    rows += [
        ("without an answer", f"{len(tally.unanswered)} {Counter(tally.unanswered) or ''}"),
        ("hosts killed", str(tally.kills)),
        ("leases left", f"{leases:g}"),
        ("processes, descriptors, connections left", f"{more.processes}, {more.descriptors}, {more.connections}"),
        ("resident memory more than before, MB", f"{more.rss_bytes / 1e6:.1f}"),
    ]
    verdicts = (
        bars.SOAK_UNANSWERED.measured(len(tally.unanswered)),
        bars.SOAK_LEFT.measured(leases + more.processes + more.connections),
        bars.SOAK_HEALTH.measured(1000 * probes[int(0.99 * (len(probes) - 1))]),
    )
    note = (
        f"{seconds:.0f} s, {WORKERS} clients at a time, a host killed every {KILL_EVERY_SECONDS:.0f} s, {BUDGET['cpu']} for models."
        f" {len(probes)} probes of /health, by a process of their own, median {1000 * probes[len(probes) // 2]:.1f} ms."
        " Clients and probe share the machine with the server."
    )
    return Section("soak", Table(COLUMNS, tuple(rows)), (note,), verdicts)
