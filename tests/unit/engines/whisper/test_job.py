from dataclasses import replace

import numpy as np
import pytest

from voxhelm.engines.whisper.job import FRAMES, Job

JOB = Job(np.zeros((80, FRAMES), dtype=np.float32), frames=100)


@pytest.mark.parametrize(
    "change",
    [
        {"features": np.ones((80, FRAMES), dtype=np.float32)},
        {"frames": 2000},
        {"language": "de"},
        {"translated": True},
        {"word_times": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_jobs_that_ask_for_different_things_can_be_heard_together(change):
    assert replace(JOB, **change).key == JOB.key


def test_prompts_go_together_when_they_are_equally_long():
    assert replace(JOB, prefix=(1, 2)).key == replace(JOB, prefix=(3, 4)).key
    assert replace(JOB, prefix=(1, 2)).key != replace(JOB, prefix=(1, 2, 3)).key


def test_jobs_tried_at_different_temperatures_are_kept_apart():
    assert replace(JOB, temperature=0.4).key != JOB.key
