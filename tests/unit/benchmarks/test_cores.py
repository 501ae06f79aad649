"""Who works where, and how much."""

import os
import subprocess
import sys
import time

import pytest

from benchmarks import cores
from benchmarks.plan import NotMeasurable

PRINTS_ITS_CORES = "import os; print(sorted(os.sched_getaffinity(0)))"


def test_what_is_started_on_a_core_stays_there_and_we_do_not() -> None:
    before = os.sched_getaffinity(0)
    core = min(before)
    with cores.on_core(core):
        printed = subprocess.run([sys.executable, "-c", PRINTS_ITS_CORES], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == f"[{core}]"
    assert os.sched_getaffinity(0) == before


def test_one_core_is_not_enough_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    with pytest.raises(NotMeasurable, match="another for its clients"):
        cores.two_cores()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {5, 1, 3})
    assert cores.two_cores() == cores.Cores(1, 5)


def test_work_is_counted() -> None:
    before = cores.cpu_seconds(os.getpid())
    until = time.process_time() + 0.05
    while time.process_time() < until:
        sum(range(1000))
    assert cores.cpu_seconds(os.getpid()) > before
