"""`memory`: what each server's process tree holds when idle and after work."""

import asyncio
from dataclasses import replace

from benchmarks import bars
from benchmarks.load import closed_loop
from benchmarks.plan import Plan, servers, tree_of
from benchmarks.report import Section, Table
from benchmarks.spread import megabytes
from benchmarks.target import Target
from benchmarks.texts import passage
from benchmarks.tree import Holding, alone, holding

COLUMNS = ("server", "when", "RSS MB", "PSS MB", "processes", "threads", "errors")
SETTLE_SECONDS = 1.0
# Longer than a pause in the load, so that models stay through it; short, so that one need not wait for the end.
TIME_TO_LIVE_SECONDS = 5
UNLOAD_LIMIT_SECONDS = 30.0


async def run(plan: Plan) -> Section:
    """Look at each server before and after the load of the plan; a started one also when it has unloaded its models."""
    rows: list[tuple[str, ...]] = []
    idle: list[Holding] = []
    settings = {**plan.settings, "models.time_to_live_seconds": str(TIME_TO_LIVE_SECONDS)}
    async with servers(replace(plan, settings=settings)) as targets:
        for target in targets:
            own = plan.start and target is targets[0]
            found = await _settled(target)
            rows.append(_row(target, "idle, nothing loaded" if own else "idle, as found", found, 0))
            able = [audio_format for audio_format in plan.formats if target.speaks(audio_format)]
            rows.extend([await _after_load(plan, target, audio_format) for audio_format in able])
            if own:
                unloaded = await alone(tree_of(target), UNLOAD_LIMIT_SECONDS)
                after = await _settled(target)
                rows.append(_row(target, "idle again, all unloaded" if unloaded else "idle again, **not unloaded**", after, 0))
                idle = [found, after]
    load = ", ".join(str(clients) for clients in plan.clients)
    note = f"The whole process tree; each line follows a load of {load} clients. RSS counts shared pages in each process, PSS once."
    verdicts = (bars.IDLE_MEMORY.measured(max(held.rss_bytes for held in idle) / 1e6),) if idle else ()
    return Section("memory", Table(COLUMNS, tuple(rows)), (note,), verdicts)


async def _settled(target: Target) -> Holding:
    await asyncio.sleep(SETTLE_SECONDS)
    return holding(tree_of(target))


async def _after_load(plan: Plan, target: Target, audio_format: str) -> tuple[str, ...]:
    failures = 0
    for clients in plan.clients:
        amount = max(plan.requests, 2 * clients)
        requests = [target.speech(passage(plan.characters, number), audio_format) for number in range(amount)]
        failures += len((await closed_loop(target.endpoint, requests, clients, plan.budget_seconds)).failures)
    return _row(target, f"after {audio_format}", await _settled(target), failures)


def _row(target: Target, when: str, held: Holding, errors: int) -> tuple[str, ...]:
    sizes = (megabytes(held.rss_bytes), megabytes(held.pss_bytes))
    return (target.name, when, *sizes, str(held.processes), str(held.threads), str(errors))
