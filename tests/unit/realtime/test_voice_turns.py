"""When somebody begins, pauses, goes on and ends."""

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.realtime.happenings import Voices
from voxhelm.realtime.voice_turns import Began, Ended, Paused, VoiceTurns, WentOn

WINDOW_MS = 32.0


def pushed(turns: VoiceTurns, *probabilities: float, start: int = 0):
    return turns.push(Voices(start * WINDOW_MS, WINDOW_MS, probabilities))


def test_a_turn_from_its_first_window_to_the_end_of_its_silence():
    found = pushed(VoiceTurns(0.5, 320), 0, 0, *[1] * 10, *[0] * 12)
    assert found == [Began(2 * WINDOW_MS), Paused(12 * WINDOW_MS), Ended(12 * WINDOW_MS, 22 * WINDOW_MS)]


def test_one_loud_window_is_a_click():
    assert pushed(VoiceTurns(0.5, 320), 0, 1, 0, 1, 0) == []


def test_a_soft_ending_belongs_to_the_speech():
    # Above the threshold less the hysteresis it goes on; alone it would not have begun.
    assert pushed(VoiceTurns(0.5, 96), *[0.4] * 5) == []
    assert pushed(VoiceTurns(0.5, 96), 1, 1, *[0.4] * 20) == [Began(0.0)]


def test_a_pause_that_was_none():
    found = pushed(VoiceTurns(0.5, 960), 1, 1, *[0] * 6, 1, 1, *[0] * 6)
    assert [type(one) for one in found] == [Began, Paused, WentOn, Paused]


def test_the_wait_may_change_while_it_is_quiet():
    turns = VoiceTurns(0.5, 4000)
    pushed(turns, 1, 1, *[0] * 6)
    turns.silence_ms = 224
    assert [type(one) for one in pushed(turns, 0, start=8)] == [Ended]


@given(
    probabilities=st.lists(st.floats(0, 1), max_size=120),
    cuts=st.lists(st.integers(1, 7), min_size=1, max_size=5),
    silence_ms=st.integers(32, 1000),
)
def test_however_the_windows_come_turns_are_the_same_and_in_order(probabilities, cuts, silence_ms):
    whole = pushed(VoiceTurns(0.5, silence_ms), *probabilities)
    turns, pieces, place, turn = VoiceTurns(0.5, silence_ms), [], 0, 0
    while place < len(probabilities):
        size = cuts[turn % len(cuts)]
        pieces += pushed(turns, *probabilities[place : place + size], start=place)
        place, turn = place + size, turn + 1
    assert pieces == whole
    speaking = False
    for one in whole:
        assert isinstance(one, Began) is not speaking
        speaking = not isinstance(one, Ended)
    assert turns.speaking is speaking
