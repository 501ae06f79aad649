from dataclasses import replace

from benchmarks import bars, transcription
from benchmarks.plan import Plan


async def test_the_library_and_the_server_hear_in_turns(plan: Plan) -> None:
    section = await transcription.run(replace(plan, seconds=1.0))
    assert [row[0] for row in section.table.rows] == ["the library, in process", "fake"]
    assert section.table.rows[0][2] == "1.00x"
    assert {row[-1] for row in section.table.rows} == {"0"}
    assert [verdict.bar for verdict in section.verdicts] == [bars.TRANSCRIPTION]
