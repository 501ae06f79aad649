from dataclasses import replace

import pytest

from benchmarks import disconnects
from benchmarks.plan import Plan
from benchmarks.target import Target


async def test_a_server_that_cleans_up_has_nothing_left(plan: Plan) -> None:
    section = await disconnects.run(replace(plan, formats=("mp3",)))
    (row,) = section.table.rows
    assert row[:3] == ("fake", "mp3", "6 of 6")
    assert row[4:8] == ("0", "0", "0", "0")
    assert row[-2:] == ("ok", "-")
    assert [verdict.met for verdict in section.verdicts] == [True]


async def test_a_server_that_leaks_is_found_out(plan: Plan, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disconnects, "SETTLE_LIMIT_SECONDS", 0.5)
    section = await disconnects.run(replace(plan, formats=("mp3",), targets=(replace(target, model="leaky"),)))
    (row,) = section.table.rows
    assert row[5] == "6"
    assert [(verdict.value, verdict.met) for verdict in section.verdicts] == [(6, False)]


async def test_a_client_that_got_everything_did_not_disconnect(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disconnects, "NARRATION_CHARACTERS", 1)
    row, _ = await disconnects.vanish(replace(target, model="quiet"), "wav", 3)
    assert row[2] == "0 of 3"
    assert "no sound" in row[-1]
