"""A whole examination: a server, the attack on it, and what is left when it rests."""

import json
import math
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Final
from urllib.parse import urlsplit

import httpx

from benchmarks.report import Table
from benchmarks.server import started
from benchmarks.tree import Holding, listener
from scripts.bad_inputs.attack import Fault, Server, Tally, at_rest, attack, faults_at_rest
from scripts.bad_inputs.sounds import sounds
from scripts.bad_inputs.world import World, world_of
from voxhelm.testing.engine import FAKE_ENGINE

TIME_TO_LIVE_SECONDS: Final = 2
# Sessions of clients that go without a word are over after so long.
RESUME_SECONDS: Final = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send. start, count: the numbers of the inputs. at_once: clients.

    seconds: when to stop before all are sent; None for never.
    warm_up: inputs before the count of what is held, since the first of every kind loads models and opens what stays open.
    """

    seed: int = 0
    start: int = 0
    count: int = 100_000
    at_once: int = 2
    seconds: float | None = None
    warm_up: int = 300


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of it. more: what the server holds that it did not before; None when it is not ours to look at."""

    tally: Tally
    more: Holding | None
    faults: tuple[Fault, ...]

    def server_table(self) -> Table:
        """How the server did as a whole."""
        sent = sum(counts["sent"] for counts in self.tally.outcomes.values())
        rows = [
            ("inputs per second", f"{sent / self.tally.seconds:.0f} over {self.tally.seconds:.0f} s"),
            ("slowest answer", f"{self.tally.slowest_seconds:.2f} s, input {self.tally.slowest_number}"),
            (
                "slowest /health meanwhile",
                f"{1000 * self.tally.slowest_probe_seconds:.0f} ms, beside {self.tally.slowest_probe_beside}",
            ),
        ]
        if self.more is not None:
            left = f"{self.more.processes}, {self.more.threads}, {self.more.descriptors}, {self.more.connections}"
            rows += [
                ("processes, threads, descriptors, connections left", left),
                ("resident memory at its peak, models included", f"{self.tally.peak_rss_bytes / 1e6:.0f} MB"),
                ("resident memory left, models unloaded", f"{self.more.rss_bytes / 1e6:.0f} MB more than before"),
            ]
        return Table(("server", ""), tuple(rows))


async def examine(server: Server, world: World, plan: Plan) -> Findings:
    """Attack a server, let it come to rest, and count what is left."""
    warm_up = await attack(server, world, plan.seed, range(-plan.warm_up, 0), plan.at_once)
    before = await at_rest(server, None)
    until = time.monotonic() + plan.seconds if plan.seconds is not None else math.inf
    numbers = takewhile(lambda _: time.monotonic() < until, range(plan.start, plan.start + plan.count))
    tally = await attack(server, world, plan.seed, numbers, plan.at_once)
    after = await at_rest(server, before)
    more = after.over(before) if after is not None and before is not None else None
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        metrics = (await http.get("/metrics")).raise_for_status().text
    return Findings(tally, more, (*warm_up.faults, *tally.faults, *faults_at_rest(metrics, more)))


@asynccontextmanager
async def under_attack(url: str | None) -> AsyncIterator[tuple[Server, World]]:
    """The server at `url`, or one that is started, with a folder of its own and engines that cost nothing, and ended."""
    if url is not None:
        parts = urlsplit(url)
        host, port = parts.hostname or "127.0.0.1", parts.port or 80
        server = Server(host, port, listener(port) if host in ("127.0.0.1", "localhost") else None)
        yield server, await _world(server, ours=False)
        return
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            "models.directory": f"{directory}/models",
            "voices.cloned_directory": f"{directory}/voices",
            "cache.directory": f"{directory}/narrations",
            "models.offline": "true",
            "models.extra_engines": json.dumps([FAKE_ENGINE]),
            "models.time_to_live_seconds": str(TIME_TO_LIVE_SECONDS),
            "realtime.hand_over_directory": f"{directory}/sessions",
            "realtime.resume_seconds": str(RESUME_SECONDS),
            "log.level": "error",
        }
        async with started((), settings) as one:
            server = Server(one.endpoint.host, one.endpoint.port, one.pid)
            yield server, await _world(server, ours=True)


async def _world(server: Server, *, ours: bool) -> World:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        document = (await http.get("/openapi.json")).raise_for_status().json()
        models = (await http.get("/v1/models")).raise_for_status().json()
    return world_of(document, models, sounds(), ours=ours)
