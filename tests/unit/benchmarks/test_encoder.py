from dataclasses import replace

from benchmarks import bars, encoder
from benchmarks.plan import Plan
from benchmarks.target import Target
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm


async def test_the_encoder_and_the_server_take_turns_at_the_same_sound(plan: Plan) -> None:
    section = await encoder.run(replace(plan, formats=("wav", "mp3"), rounds=2))
    assert [row[:2] for row in section.table.rows] == [("mp3", "1"), ("mp3", "32")]
    assert {row[-1] for row in section.table.rows} == {"0"}
    assert [verdict.bar for verdict in section.verdicts] == [bars.ENCODER_ONE, bars.ENCODER_MANY]


async def test_a_server_that_fails_gets_no_verdict(plan: Plan, target: Target, monkeypatch) -> None:
    async def made(*_: object) -> list[Pcm]:
        return [Pcm.silence(0.1, 24_000)]

    monkeypatch.setattr(encoder, "sounds", made)
    section = await encoder.run(replace(plan, formats=("mp3",), rounds=1, targets=(replace(target, model="failing"),)))
    assert section.verdicts == ()
    assert "status 500" in section.notes[1]


def test_a_sound_is_encoded_whole() -> None:
    assert encoder.encode(Pcm.silence(1.0, 24_000), AudioFormat.WAV) == 48_044
