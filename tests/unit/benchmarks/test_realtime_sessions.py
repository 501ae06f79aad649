"""Conversations by WebSocket on one core, in the shortest form."""

import os
from dataclasses import replace

import pytest

from benchmarks import realtime_sessions
from benchmarks.plan import Plan
from benchmarks.realtime_sessions import PIECE_SECONDS, VARIANTS, cycle
from benchmarks.talking import RATE_HZ, SAID, SILENCE_MS, said


def test_the_end_of_a_turn_can_be_known_when_the_silence_has_been_sent() -> None:
    for variant in range(VARIANTS):
        one = cycle(variant)
        spoken_seconds = len(said(SAID)) / RATE_HZ + variant * PIECE_SECONDS / VARIANTS
        assert one.needed * PIECE_SECONDS <= spoken_seconds + SILENCE_MS / 1000 < (one.needed + 1) * PIECE_SECONDS


@pytest.mark.slow
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core is for the server and another for its clients")
async def test_sessions_talk_and_are_answered() -> None:
    section = await realtime_sessions.run(replace(Plan(), count=2, seconds=1.5))
    rows = [dict(zip(realtime_sessions.COLUMNS, row, strict=True)) for row in section.table.rows]
    assert [row["sessions"] for row in rows] == ["1", "2"]
    assert section.verdicts == ()
