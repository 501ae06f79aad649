"""A conversation in a browser, in the shortest form."""

from dataclasses import replace
from math import isfinite

import pytest

from benchmarks import voice_to_voice
from benchmarks.plan import NotMeasurable, Plan


@pytest.mark.slow
async def test_a_page_speaks_hears_and_interrupts() -> None:
    try:
        section = await voice_to_voice.run(replace(Plan(), count=2))
    except NotMeasurable as error:
        pytest.skip(str(error))
    assert all(isfinite(float(cell)) for row in section.table.rows for cell in row[1:])
    assert len(section.verdicts) == 4
