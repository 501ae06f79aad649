"""`isolation`: what it costs a request that its engine lives in another process."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from benchmarks import bars
from benchmarks.plan import NotMeasurable, Plan
from benchmarks.report import Section, Table
from benchmarks.spread import milliseconds, spread
from benchmarks.texts import passage
from voxhelm.catalog.engines import find_engines
from voxhelm.domain.engine import Engine
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.hosting.host import Host
from voxhelm.hosting.inline import InlineHost
from voxhelm.hosting.process import ProcessHost
from voxhelm.testing.engine import FAKE_ENGINE

COLUMNS = ("engine", "requests", "in line ms", "hosted ms", "difference ms", "first piece, difference ms")
PAIRS = 200
WARMING = 4
# One that costs nothing, so that only the way is left, and a real one.
ENGINES = ("fake", "espeak")


@asynccontextmanager
async def both(name: str) -> AsyncIterator[tuple[Host, Host, str]]:
    """One engine in line and hosted, and its first voice. Raises NotMeasurable when it is not installed or does not speak."""
    found = find_engines([FAKE_ENGINE]).working.get(name)
    if found is None:
        raise NotMeasurable(f"no engine {name!r} is installed")
    spec = speaking_model(found.engine)
    in_line: Host = await InlineHost.load(found.engine, spec, Placement())
    try:
        hosted: Host = await ProcessHost.load(found.reference, spec, Placement())
        try:
            yield in_line, hosted, found.engine.voices(spec)[0].id
        finally:
            await hosted.stop()
    finally:
        await in_line.stop()


def speaking_model(engine: Engine) -> ModelSpec:
    """The first model of an engine that speaks. Raises NotMeasurable."""
    for spec in engine.discover(Path("models")):
        if spec.capability is Capability.SPEECH:
            return spec
    raise NotMeasurable(f"the engine {engine.name!r} has no model here that speaks")


async def say(host: Host, text: str, voice: str) -> tuple[float, float]:
    """Seconds to the first piece and to the last."""
    began = time.perf_counter()
    first = 0.0
    async for _ in host.synthesize(text, SynthesizeOptions(voice=voice)):
        first = first or time.perf_counter() - began
    return first, time.perf_counter() - began


async def run(plan: Plan) -> Section:
    """Say the same texts both ways, in turns, with each engine."""
    rows = []
    costs = []
    for name in (plan.engine,) if plan.engine else ENGINES:
        row, cost_seconds = await compare(plan, name)
        rows.append(row)
        costs.append(cost_seconds)
    note = (
        f"Texts of about {plan.characters} characters; the same text both ways, one after the other. The verdict is for the worst."
    )
    return Section("isolation", Table(COLUMNS, tuple(rows)), (note,), (bars.ISOLATION.measured(max(costs) * 1000),))


async def compare(plan: Plan, name: str) -> tuple[tuple[str, ...], float]:
    """The row of an engine, and the median of what a request costs more when hosted, in seconds."""
    count = plan.count or PAIRS
    totals: dict[str, list[float]] = {"in line": [], "hosted": []}
    firsts: dict[str, list[float]] = {"in line": [], "hosted": []}
    async with both(name) as (in_line, hosted, voice):
        ways = [("in line", in_line), ("hosted", hosted)]
        for number in range(-WARMING, count):
            for way, host in ways if number % 2 else reversed(ways):
                first, total = await say(host, passage(plan.characters, max(number, 0)), plan.voice or voice)
                if number >= 0:
                    firsts[way].append(first)
                    totals[way].append(total)
    more = [there - here for there, here in zip(totals["hosted"], totals["in line"], strict=True)]
    later = [there - here for there, here in zip(firsts["hosted"], firsts["in line"], strict=True)]
    shown = [spread(values) for values in (totals["in line"], totals["hosted"], more, later)]
    return (name, str(count), *("-" if each is None else each.text(milliseconds) for each in shown)), median(more)
