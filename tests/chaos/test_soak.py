"""The short form of `python -m benchmarks soak`: the same load, a quarter of a minute, judged by what is left and not by time."""

import asyncio
from dataclasses import replace

import pytest

from benchmarks import bars
from benchmarks.plan import Plan
from benchmarks.soak import run


@pytest.mark.slow
def test_a_short_soak_leaves_nothing_and_nobody_without_an_answer():
    section = asyncio.run(run(replace(Plan(), seconds=15.0)))
    values = {verdict.bar: verdict.value for verdict in section.verdicts}
    assert values[bars.SOAK_UNANSWERED] == 0, section.table.markdown()
    assert values[bars.SOAK_LEFT] == 0, section.table.markdown()
    counts = dict(section.table.rows)
    assert int(counts["hosts killed"]) >= 1
    assert int(counts["say: 200"]) > 0
    assert int(counts["hear: 200"]) > 0
