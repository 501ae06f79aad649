"""When somebody begins, pauses, goes on and ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.pcm import Pcm
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


class Microphone:
    """Gives frames of 20 ms and, when a window is whole, what a detector says of it."""

    def __init__(self, turns: VoiceTurns, voice_ms: float, room: int = 30) -> None:
        """voice_ms: how long somebody speaks. room: how loud it is all the time."""
        samples = np.arange(24 * 4_000)
        noise = np.random.default_rng(7).normal(0, room, len(samples))
        self.samples = (noise + 6_000 * np.sin(samples / 20) * (samples < voice_ms * 24)).astype(np.int16)
        self._turns = turns
        self._voice_ms = voice_ms
        self.now_ms = 0
        self._judged = 0

    def until_ended(self, silence_ms: float = 0.0, *, late_windows: int = 0) -> tuple[list, int]:
        """What is found, and when the last of it was. late_windows: that are silent, and called a voice."""
        found: list = []
        while not any(isinstance(one, Ended) for one in found):
            frame = Pcm(self.samples[self.now_ms * 24 : (self.now_ms + 20) * 24], 24_000)
            found += self._turns.hear(frame, float(self.now_ms))
            self.now_ms += 20
            while (self._judged + 1) * WINDOW_MS <= self.now_ms and not any(isinstance(one, Ended) for one in found):
                voiced = self._judged * WINDOW_MS < self._voice_ms + late_windows * WINDOW_MS
                found += pushed(self._turns, 1.0 if voiced else 0.0, start=self._judged)
                self._judged += 1
        return found, self.now_ms


@pytest.mark.parametrize("voice_ms", [1_000, 1_004, 1_012, 1_024, 1_030])
@pytest.mark.parametrize("late_windows", [0, 1])
def test_a_voice_ends_where_it_does_within_a_window_and_the_turn_with_the_frame_that_makes_the_silence_long_enough(
    voice_ms, late_windows
):
    found, now_ms = Microphone(VoiceTurns(0.5, 200), voice_ms).until_ended(late_windows=late_windows)
    ended = found[-1]
    assert ended.voice_end_ms == pytest.approx(voice_ms, abs=4)
    assert ended.at_ms == ended.voice_end_ms + 200
    # Not a frame later than the silence asks for, whatever part of a window is still to be judged.
    assert ended.at_ms <= now_ms < ended.at_ms + 20


def test_a_room_as_loud_as_the_voice_leaves_the_detector_the_last_word():
    found, _ = Microphone(VoiceTurns(0.5, 200), 1_010, room=9_000).until_ended()
    # Nothing tells where in the window it ended; what is taken for quiet is bounded.
    assert 1_024 - 64 <= found[-1].voice_end_ms <= 1_024


def test_what_is_louder_than_the_silence_waits_for_the_detector():
    quiet, loud = np.full(24 * 32, 40, np.int16), np.full(24 * 32, 3_000, np.int16)
    turns = VoiceTurns(0.5, 192)
    pushed(turns, 1, 1)
    for window in range(2, 7):
        turns.hear(Pcm(quiet, 24_000), window * WINDOW_MS)
        pushed(turns, 0, start=window)
    assert turns.hear(Pcm(loud, 24_000), 7 * WINDOW_MS) == []
    assert pushed(turns, 1, start=7) == [WentOn(7 * WINDOW_MS)]


def test_a_detector_that_is_behind_is_waited_for():
    turns = VoiceTurns(0.5, 192)
    pushed(turns, 1, 1)
    quiet = Pcm(np.full(24 * 32, 40, np.int16), 24_000)
    turns.hear(quiet, 2 * WINDOW_MS)
    turns.hear(quiet, 3 * WINDOW_MS)
    pushed(turns, 0, 0, start=2)
    assert [turns.hear(quiet, window * WINDOW_MS) for window in range(4, 20)] == [[]] * 16
    assert [type(one) for one in pushed(turns, *[0] * 16, start=4)] == [Paused, Ended]
