"""What is said to servers, and what they say of their turns."""

from math import isnan
from pathlib import Path

import numpy as np

from benchmarks.talking import RATE_HZ, quantile, said, settings_of, stage_means_ms
from voxhelm.config import Settings


def test_what_is_said_is_loud_to_its_very_end() -> None:
    sound = said("Good morning.")
    assert np.abs(sound[-240:]).max() > 4_000
    assert 0.1 < len(sound) / RATE_HZ < 1.0


def test_a_server_understands_its_settings(tmp_path: Path) -> None:
    known = Settings.model_fields
    for name in settings_of(tmp_path, "Good morning to you."):
        section, _, field = name.partition(".")
        assert field in known[section].annotation.model_fields, name  # type: ignore[union-attr]
    assert (tmp_path / "script.json").exists()


def test_a_quantile_is_one_of_the_values() -> None:
    assert [quantile(range(1, 101), share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert quantile([7.0], 0.5) == 7.0
    assert isnan(quantile([], 0.5))


def test_stages_are_those_of_the_turns_between_two_looks() -> None:
    name = "voxhelm_realtime_stage_seconds"
    before = {f'{name}_sum{{stage="turn"}}': 1.0, f'{name}_count{{stage="turn"}}': 2.0}
    after = {f'{name}_sum{{stage="turn"}}': 1.6, f'{name}_count{{stage="turn"}}': 5.0}
    assert {stage: round(mean) for stage, mean in stage_means_ms(before, after).items()} == {"turn": 200}
