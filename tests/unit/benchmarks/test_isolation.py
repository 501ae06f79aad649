from dataclasses import replace

import pytest

from benchmarks import bars, isolation
from benchmarks.plan import NotMeasurable, Plan


async def test_one_engine_speaks_in_line_and_hosted() -> None:
    section = await isolation.run(Plan(engine="fake", count=4))
    (row,) = section.table.rows
    assert row[:2] == ("fake", "4")
    assert "-" not in row
    assert [verdict.bar for verdict in section.verdicts] == [bars.ISOLATION]


async def test_an_engine_that_is_not_there_says_so() -> None:
    with pytest.raises(NotMeasurable, match="'nonsense'"):
        await isolation.run(replace(Plan(), engine="nonsense"))
