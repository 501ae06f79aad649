import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engines.whisper.conftest import RATE_HZ, silence
from voxhelm.audio.utterances import Utterance
from voxhelm.domain.activity import Activity
from voxhelm.domain.options import Chunking
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.activity import SAMPLE_RATE_HZ, WINDOW_SAMPLES, SpeechProbabilities
from voxhelm.engines.whisper.windows import LONGEST_SECONDS, PAUSE_SECONDS, Packer, Window, WindowOptions, windows


def utterance(start_seconds, seconds, level=1):
    return Utterance(Pcm(np.full(round(seconds * RATE_HZ), level, dtype=np.int16), RATE_HZ), start_seconds)


def packed(utterances):
    packer = Packer()
    found = [window for one in utterances for window in packer.push(one)]
    return [*found, *packer.finish()]


def cut(samples, piece=RATE_HZ):
    return windows(
        (Pcm(samples[start : start + piece], RATE_HZ) for start in range(0, len(samples), piece)),
        SpeechProbabilities(get_vad_model().session),
    )


def test_utterances_share_a_window_with_the_silence_between_them():
    (window,) = packed([utterance(1, 2, level=5), utterance(4, 1, level=7)])
    assert window.start_seconds == 1
    assert window.duration_seconds == 4
    assert window.samples[2 * RATE_HZ - 1] == 5
    assert not window.samples[2 * RATE_HZ : 3 * RATE_HZ].any()
    assert window.samples[3 * RATE_HZ] == 7


def test_a_long_pause_ends_a_window():
    first, second = packed([utterance(0, 2), utterance(2 + PAUSE_SECONDS + 0.1, 1)])
    assert (first.duration_seconds, second.duration_seconds) == (2, 1)


def test_what_does_not_fit_begins_another():
    assert [window.start_seconds for window in packed([utterance(0, 20), utterance(20, 9), utterance(29, 1)])] == [0, 29]


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0.1, LONGEST_SECONDS)), max_size=12))
def test_no_window_is_too_long_and_no_sound_is_lost(plan):
    now, utterances = 0.0, []
    for pause, seconds in plan:
        now = round(now + pause, 3)
        utterances.append(utterance(now, round(seconds, 3)))
        now += round(seconds, 3)
    found = list(packed(utterances))
    assert all(window.duration_seconds <= LONGEST_SECONDS for window in found)
    assert sum(np.count_nonzero(window.samples) for window in found) == sum(len(one.pcm.samples) for one in utterances)


def test_windows_of_real_speech_are_full_and_end_where_nobody_speaks(speech):
    found = list(cut(np.concatenate([speech] * 8)))
    assert len(found) == 4
    assert all(20 < window.duration_seconds <= LONGEST_SECONDS for window in found[:-1])


def test_silence_has_no_windows():
    assert list(cut(silence(40))) == []


@pytest.mark.parametrize(("spoken_seconds", "known_by_seconds"), [(8, 12), (60, 32)], ids=["a pause", "a full window"])
def test_a_window_comes_as_soon_as_nothing_more_can_belong_to_it(speech, spoken_seconds, known_by_seconds):
    recording = np.concatenate((np.resize(speech, spoken_seconds * RATE_HZ), silence(40)))
    read = []

    def audio():
        for start in range(0, len(recording), RATE_HZ):
            read.append(start)
            yield Pcm(recording[start : start + RATE_HZ], RATE_HZ)

    next(windows(audio(), SpeechProbabilities(get_vad_model().session)))
    assert len(read) <= known_by_seconds


def test_the_sound_of_a_window_is_that_of_the_recording(speech):
    recording = np.concatenate((silence(3), speech))
    window = next(cut(recording))
    begin = round(window.start_seconds * RATE_HZ)
    same = window.samples == recording[begin : begin + len(window.samples)]
    assert same.mean() > 0.9  # pauses are silent in the window


def test_what_is_left_of_a_window_begins_where_it_was_cut():
    rest = Window(np.arange(RATE_HZ * 2, dtype=np.int16), 10.0).after(0.5)
    assert rest.start_seconds == pytest.approx(10.5)
    assert rest.samples[0] == RATE_HZ // 2


def test_a_caller_who_says_where_to_cut_gets_every_utterance_by_itself():
    class Talks:
        """One second of speech, then half a second of silence, and so on."""

        def push(self, pcm):
            yield from ()

        def finish(self):
            window_seconds = WINDOW_SAMPLES / SAMPLE_RATE_HZ
            count = round(9 / window_seconds)
            yield Activity(0.0, window_seconds, tuple(float(index * window_seconds % 1.5 < 1) for index in range(count)))

    def found(chunking):
        audio = [Pcm.silence(9.0, SAMPLE_RATE_HZ)]
        return [one.start_seconds for one in windows(audio, Talks(), WindowOptions.of(chunking))]

    assert len(found(None)) == len(found(Chunking(threshold=0.6))) == 1
    assert len(found(Chunking(silence_seconds=0.3))) == 6
    assert len(found(Chunking(silence_seconds=0.8))) == 1
    assert found(Chunking(silence_seconds=0.3, padding_seconds=0.1))[1] == pytest.approx(1.4, abs=0.05)
    assert found(Chunking(silence_seconds=0.3, padding_seconds=0.0))[1] == pytest.approx(1.5, abs=0.05)
