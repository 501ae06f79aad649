"""Calls on one core, in the shortest form."""

import os
from dataclasses import replace

import pytest

from benchmarks import realtime_calls
from benchmarks.plan import Plan


@pytest.mark.slow
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core is for the server and another for its clients")
async def test_calls_talk_and_are_answered() -> None:
    section = await realtime_calls.run(replace(Plan(), count=2, seconds=1.5))
    rows = [dict(zip(realtime_calls.COLUMNS, row, strict=True)) for row in section.table.rows]
    assert [row["calls"] for row in rows] == ["1", "2"]
    assert all(float(row["packets/s received"]) > 0 for row in rows)
    assert section.verdicts == ()
