"""`isolation`: what it costs a request that its engine lives in another process."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from typing import cast

from benchmarks import bars
from benchmarks.plan import NotMeasurable, Plan
from benchmarks.report import Section, Table
from benchmarks.spread import milliseconds, spread
from benchmarks.texts import passage
from voxhelm.domain.engine import Engine
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.hosting.host import Host
from voxhelm.hosting.inline import InlineHost
from voxhelm.hosting.process import ProcessHost

COLUMNS = ("engine", "requests", "in line ms", "hosted ms", "difference ms", "first piece, difference ms")
PAIRS = 200


@asynccontextmanager
async def both(name: str) -> AsyncIterator[tuple[Host, Host, str]]:
    """One engine in line and hosted, and its first voice."""
    engine = engine_named(name)
    spec = speaking_model(engine)
    in_line: Host = await InlineHost.load(engine, spec, Placement())
    try:
        hosted: Host = await ProcessHost.load(name, spec, Placement())
        try:
            yield in_line, hosted, engine.voices(spec)[0].id
        finally:
            await hosted.stop()
    finally:
        await in_line.stop()


def engine_named(name: str) -> Engine:
    """The installed engine of that name. Raises NotMeasurable."""
    found = tuple(entry_points(group="voxhelm.engines", name=name))
    if not found:
        raise NotMeasurable(f"no engine {name!r} is installed")
    return cast("Engine", found[0].load())


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
    """Say the same texts both ways, in turns."""
    name = plan.engine or "espeak"
    count = plan.count or PAIRS
    totals: dict[str, list[float]] = {"in line": [], "hosted": []}
    firsts: dict[str, list[float]] = {"in line": [], "hosted": []}
    async with both(name) as (in_line, hosted, voice):
        ways = [("in line", in_line), ("hosted", hosted)]
        for number in range(-4, count):
            for way, host in ways if number % 2 else reversed(ways):
                first, total = await say(host, passage(plan.characters, max(number, 0)), plan.voice or voice)
                if number >= 0:
                    firsts[way].append(first)
                    totals[way].append(total)
    more = [hosted_total - own for hosted_total, own in zip(totals["hosted"], totals["in line"], strict=True)]
    sooner = [hosted_first - own for hosted_first, own in zip(firsts["hosted"], firsts["in line"], strict=True)]
    shown = [spread(values) for values in (totals["in line"], totals["hosted"], more, sooner)]
    row = (name, str(count), *("-" if each is None else each.text(milliseconds) for each in shown))
    note = f"Texts of about {plan.characters} characters; the same text both ways, one after the other."
    return Section("isolation", Table(COLUMNS, (row,)), (note,), (bars.ISOLATION.measured(median(more) * 1000),))
