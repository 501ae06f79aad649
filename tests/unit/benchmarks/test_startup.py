import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bars, server, startup
from benchmarks.plan import Plan

FAKE_SERVER = Path(__file__).with_name("fake_server.py")


async def test_each_start_has_its_row_and_the_median_its_verdict(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "command", lambda port, _: [sys.executable, str(FAKE_SERVER), "--port", str(port)])
    section = await startup.run(replace(plan, count=3))
    assert [row[0] for row in section.table.rows] == ["1", "2", "3"]
    (verdict,) = section.verdicts
    assert verdict.bar is bars.READY
    assert verdict.value == pytest.approx(sorted(float(row[1]) for row in section.table.rows)[1], abs=0.011)
