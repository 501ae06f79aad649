from dataclasses import replace
from pathlib import Path

from benchmarks import bars, transcription
from benchmarks.plan import Plan
from benchmarks.whisper import models_with_whisper, with_whisper
from tests.unit.engines.whisper.conftest import CLIPS
from voxhelm.testing.models.whisper import write_tiny_whisper


async def test_the_library_and_a_server_hear_with_one_model_in_turns(tmp_path: Path) -> None:
    plan = Plan(rounds=1, seconds=2.0, engine="whisper", whisper=write_tiny_whisper(tmp_path / "a-model"), audio=CLIPS[0])
    section = await transcription.run(plan)
    assert section.name == "transcription-whisper"
    assert [row[0] for row in section.table.rows] == ["the library, in process", "voxhelm"]
    assert {row[-1] for row in section.table.rows} == {"0"}
    assert [verdict.bar for verdict in section.verdicts] == [bars.WHISPER]
    assert "heard by a-model" in section.notes[0]


def test_a_model_that_is_given_is_found_by_its_folders_name(tmp_path: Path) -> None:
    plan = Plan(whisper=write_tiny_whisper(tmp_path / "mine"))
    with models_with_whisper(plan) as (models, model):
        assert model == "mine"
        assert (models / model / "model.bin").is_file()
        heard = with_whisper(plan, models, model)
        assert heard.transcription_model == "mine"
        assert heard.settings == {"models.directory": str(models)}
    assert not models.exists()
    assert (tmp_path / "mine" / "model.bin").is_file()


def test_the_plan_is_left_as_it_is_otherwise(tmp_path: Path) -> None:
    plan = Plan(settings={"speech.x": "1"}, rounds=7)
    changed = with_whisper(plan, tmp_path, "any")
    assert changed.settings["speech.x"] == "1"
    assert replace(changed, settings=plan.settings, transcription_model=None) == plan
