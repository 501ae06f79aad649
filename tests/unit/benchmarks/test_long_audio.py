from benchmarks import bars, long_audio
from benchmarks.target import Target


async def test_all_of_it_is_heard_while_the_server_is_watched(target: Target) -> None:
    row, grown = await long_audio.hear(target, 60.0, "whisper-1")
    assert row[:3] == ("fake", "60", "60")
    assert float(row[5]) >= float(row[4]) > 5
    assert grown >= 0
    assert not bars.LONG_AUDIO.measured(50.1).met
