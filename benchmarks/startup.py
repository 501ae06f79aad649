"""`startup`: from the exec of `voxhelm serve` to the first 200 of /health/ready."""

from benchmarks import bars
from benchmarks.plan import Plan
from benchmarks.report import Section, Table
from benchmarks.server import started
from benchmarks.spread import spread
from benchmarks.tree import resident_bytes

COLUMNS = ("start", "ready after s", "RSS MB then")
STARTS = 7


async def run(plan: Plan) -> Section:
    """Start and end a server again and again."""
    rows: list[tuple[str, ...]] = []
    seconds = []
    for number in range(1, (plan.count or STARTS) + 1):
        async with started(plan.server_arguments, plan.settings) as running:
            seconds.append(running.ready_seconds)
            rows.append((str(number), f"{running.ready_seconds:.2f}", f"{resident_bytes(running.pid) / 1e6:.1f}"))
    measured = spread(seconds)
    verdicts = () if measured is None else (bars.READY.measured(measured.middle),)
    return Section("startup", Table(COLUMNS, tuple(rows)), ("The verdict is for the median.",), verdicts)
