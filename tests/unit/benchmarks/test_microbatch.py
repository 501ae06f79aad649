from dataclasses import replace

import pytest

from benchmarks import microbatch
from benchmarks.plan import Plan
from tests.unit.engines.whisper.conftest import CLIPS
from voxhelm.testing.models.whisper import write_tiny_whisper


@pytest.fixture
def plan(plan: Plan, tmp_path) -> Plan:
    return replace(plan, whisper=write_tiny_whisper(tmp_path / "model"), audio=CLIPS[0], seconds=1.0)


async def test_recordings_are_heard_alone_and_together_and_say_the_same(plan: Plan) -> None:
    section = await microbatch.run(plan)
    assert [row[:2] for row in section.table.rows] == [
        (callers, way) for callers in ("1", "3") for way in (microbatch.ALONE, microbatch.TOGETHER)
    ]
    assert {row[-1] for row in section.table.rows} == {"yes"}
    assert section.table.rows[0][3] == "1.00x"
