from dataclasses import replace

from benchmarks import bars, speech
from benchmarks.load import Round
from benchmarks.plan import Plan
from benchmarks.speech import Cell
from benchmarks.target import Target
from benchmarks.wire import Reply


async def test_every_server_is_measured_in_the_formats_it_has(plan: Plan, target: Target, piper: Target) -> None:
    section = await speech.run(replace(plan, targets=(target, piper)))
    rows = {row[:3]: row for row in section.table.rows}
    assert set(rows) == {
        *((audio_format, clients, "fake") for audio_format in ("wav", "mp3") for clients in ("1", "3")),
        *(("wav", clients, "piper") for clients in ("1", "3")),
    }
    assert {row[-1] for row in rows.values()} == {"0"}
    assert rows["wav", "1", "fake"][6:8] == ("1.00x", "1.00x")
    assert rows["mp3", "1", "fake"][8] not in {"-", "0.0"}
    assert [verdict.bar for verdict in section.verdicts] == [bars.PIPER_RATE, bars.PIPER_FIRST_BYTE]
    assert any("client alone" in note for note in section.notes)


async def test_errors_are_counted_and_the_first_is_shown(plan: Plan, target: Target) -> None:
    section = await speech.run(replace(plan, targets=(replace(target, model="failing"),), formats=("mp3",), clients=(1,)))
    (row,) = section.table.rows
    assert row[3:] == ("-", "-", "0.0", "-", "-", "-", "8")
    assert any("status 500" in note for note in section.notes)


def cell(*rates: float) -> Cell:
    """A cell whose rounds had one reply, and these rates."""
    return Cell(
        [Round([Reply(200, body_bytes=100, first_byte_seconds=1 / rate, total_seconds=1 / rate)], [], 1 / rate) for rate in rates]
    )


def test_the_verdicts_against_piper_are_for_the_worst_cell(target: Target, piper: Target) -> None:
    cells = {
        ("wav", 1, "fake"): cell(20, 40),
        ("wav", 1, "piper"): cell(10, 20),
        ("wav", 8, "fake"): cell(10, 10),
        ("wav", 8, "piper"): cell(20, 20),
    }
    rate, first_byte = speech.section([target, piper], cells, []).verdicts
    assert (rate.value, rate.met) == (0.5, False)
    assert (first_byte.value, first_byte.met) == (2.0, False)
