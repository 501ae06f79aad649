"""What became of turns: late, behind, with holes."""

import pytest

from benchmarks.turns import Turns, kept


def talked(*moments: tuple[float, str]) -> Turns:
    turns = Turns()
    for at, kind in moments:
        if kind == "needed":
            turns.ended(at)
        else:
            turns.told(kind, at, sound_seconds=0.4)
    return turns


STOPPED = "input_audio_buffer.speech_stopped"
DELTA = "response.output_audio.delta"
DONE = "response.done"


def test_a_turn_is_as_late_as_its_end_is_told_after_it_could_be_known() -> None:
    one = talked((1.0, "needed"), (1.05, STOPPED), (1.08, DELTA), (1.1, DONE), (6.0, "needed"), (6.2, STOPPED))
    found = kept([one], 10.0)
    assert found.lags == pytest.approx((0.05, 0.2))
    assert found.first_sounds == pytest.approx((0.08,))
    assert (found.turns, found.behind, found.underrun_seconds) == (2, 0, 0.0)


def test_a_reply_with_a_hole_in_it_is_found_out() -> None:
    one = talked((1.0, "needed"), (1.0, STOPPED), (1.1, DELTA), (1.2, DELTA), (2.5, DELTA))
    assert kept([one], 10.0).underrun_seconds == pytest.approx(2.5 - 1.1 - 0.8)


@pytest.mark.parametrize("moments", [[(1.0, "needed")], [(1.0, "needed"), (2.5, STOPPED)]])
def test_a_conversation_that_is_not_kept_up_with_is_behind(moments: list[tuple[float, str]]) -> None:
    assert kept([talked(*moments)], 10.0).behind == 1


def test_a_turn_that_has_just_ended_is_nobodys_fault_yet() -> None:
    found = kept([talked((9.9, "needed"))], 10.0)
    assert (found.turns, found.behind) == (0, 0)
