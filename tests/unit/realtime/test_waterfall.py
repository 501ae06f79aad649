import pytest

from voxhelm.realtime.waterfall import FIRST_SOUND, TRANSCRIPT, TURN, Waterfall
from voxhelm.telemetry.metrics import Metrics


@pytest.fixture
def metrics():
    return Metrics()


def seconds(metrics, stage):
    return metrics.registry.get_sample_value("voxhelm_realtime_stage_seconds_sum", {"stage": stage})


def count(metrics, stage):
    return metrics.registry.get_sample_value("voxhelm_realtime_stage_seconds_count", {"stage": stage}) or 0


def test_stages_count_from_the_moment_at_which_the_voice_ended(metrics):
    waterfall = Waterfall(metrics)
    waterfall.arrived(1_000.0, 50.0)
    waterfall.turn_ended(400.0, 50.0)
    # The voice ended 600 ms before the last sound that came.
    assert seconds(metrics, TURN) == pytest.approx(0.6)
    waterfall.reached(TRANSCRIPT, 50.25)
    assert seconds(metrics, TRANSCRIPT) == pytest.approx(0.85)


def test_only_the_first_time_counts(metrics):
    waterfall = Waterfall(metrics)
    waterfall.turn_ended(None, 10.0)
    waterfall.reached(FIRST_SOUND, 10.5)
    waterfall.reached(FIRST_SOUND, 11.0)
    assert (seconds(metrics, FIRST_SOUND), count(metrics, FIRST_SOUND)) == (0.5, 1)


def test_without_voices_the_commit_is_the_end(metrics):
    waterfall = Waterfall(metrics)
    waterfall.arrived(9_000.0, 3.0)
    waterfall.turn_ended(None, 10.0)
    assert seconds(metrics, TURN) == 0.0


def test_a_reply_that_nobody_spoke_for_is_not_counted(metrics):
    Waterfall(metrics).reached(FIRST_SOUND, 1.0)
    assert count(metrics, FIRST_SOUND) == 0
