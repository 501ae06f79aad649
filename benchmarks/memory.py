"""`memory`: what each server's process tree holds when idle and after work."""

import asyncio

from benchmarks import bars
from benchmarks.load import closed_loop
from benchmarks.plan import Plan, servers, tree_of
from benchmarks.report import Section, Table
from benchmarks.spread import megabytes
from benchmarks.target import Target
from benchmarks.texts import passage
from benchmarks.tree import Holding, holding

COLUMNS = ("server", "when", "RSS MB", "PSS MB", "processes", "threads", "errors")
SETTLE_SECONDS = 2.0


async def run(plan: Plan) -> Section:
    """Look at each server before and after the load of the plan."""
    rows: list[tuple[str, ...]] = []
    verdicts = []
    async with servers(plan) as targets:
        for index, target in enumerate(targets):
            pid = tree_of(target)
            await asyncio.sleep(SETTLE_SECONDS)
            idle = holding(pid)
            rows.append(_row(target, "idle, as found" if index or not plan.start else "idle, nothing loaded", idle, 0))
            if index == 0 and plan.start:
                verdicts.append(bars.IDLE_MEMORY.measured(idle.rss_bytes / 1e6))
            for audio_format in plan.formats:
                if not target.speaks(audio_format):
                    continue
                failures = 0
                for clients in plan.clients:
                    amount = max(plan.requests, 2 * clients)
                    requests = [target.speech(passage(plan.characters, number), audio_format) for number in range(amount)]
                    failures += len((await closed_loop(target.endpoint, requests, clients, plan.budget_seconds)).failures)
                await asyncio.sleep(SETTLE_SECONDS)
                rows.append(_row(target, f"after {audio_format}", holding(pid), failures))
    load = ", ".join(str(clients) for clients in plan.clients)
    note = f"The whole process tree; each line follows a load of {load} clients. RSS counts shared pages in each process, PSS once."
    return Section("memory", Table(COLUMNS, tuple(rows)), (note,), tuple(verdicts))


def _row(target: Target, when: str, held: Holding, errors: int) -> tuple[str, ...]:
    sizes = (megabytes(held.rss_bytes), megabytes(held.pss_bytes))
    return (target.name, when, *sizes, str(held.processes), str(held.threads), str(errors))
