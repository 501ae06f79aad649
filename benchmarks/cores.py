"""Which processors of this machine work for whom."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.plan import NotMeasurable


@dataclass(frozen=True, slots=True)
class Cores:
    """One for what is measured, one for what measures it."""

    server: int
    client: int


def two_cores() -> Cores:
    """The first and the last that this process may use. Raises NotMeasurable where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise NotMeasurable("one core is for the server and another for its clients; here is one")
    return Cores(allowed[0], allowed[-1])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What this thread does meanwhile, it does on one core; processes that it starts then stay there for good."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """What the process tree of `pid` has worked so far, those included that have ended. Raises psutil.NoSuchProcess."""
    root = psutil.Process(pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended while we counted
        total += times.user + times.system + times.children_user + times.children_system
    return total
