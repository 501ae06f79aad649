import pytest

from benchmarks import memory
from benchmarks.plan import Plan


async def test_each_server_is_weighed_before_and_after_work(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SETTLE_SECONDS", 0)
    section = await memory.run(plan)
    assert [row[:2] for row in section.table.rows] == [("fake", "idle, as found"), ("fake", "after wav"), ("fake", "after mp3")]
    assert all(float(row[2]) >= float(row[3]) > 5 for row in section.table.rows)
    assert {row[-1] for row in section.table.rows} == {"0"}
    assert section.verdicts == ()  # how idle a server that was found is, nobody knows
