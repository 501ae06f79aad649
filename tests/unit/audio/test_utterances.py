from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.audio.utterances import CutOptions, Utterance, UtteranceCutter
from voxhelm.domain.activity import Activity
from voxhelm.domain.options import Chunking
from voxhelm.domain.pcm import Pcm

RATE_HZ = 1000
WINDOW_SAMPLES = 32
WINDOW_SECONDS = WINDOW_SAMPLES / RATE_HZ


def sound(samples: int, *, first: int = 0) -> Pcm:
    """Sound whose samples say where they are."""
    return Pcm(np.arange(first, first + samples).astype(np.int16), RATE_HZ)


def activity(probabilities: Sequence[float], *, first_window: int = 0) -> Activity:
    return Activity(first_window * WINDOW_SECONDS, WINDOW_SECONDS, tuple(probabilities))


def windows(seconds: float, probability: float) -> list[float]:
    return [probability] * round(seconds / WINDOW_SECONDS)


def cut(probabilities: Sequence[float], options: CutOptions) -> list[Utterance]:
    cutter = UtteranceCutter(options)
    cutter.push_audio(sound(len(probabilities) * WINDOW_SAMPLES))
    return cutter.push_activity(activity(probabilities)) + cutter.finish()


def spans(utterances: Sequence[Utterance]) -> list[tuple[int, int]]:
    """First sample and the sample after the last, as the sound itself says; checked against `start_seconds`."""
    found = []
    for utterance in utterances:
        begin = round(utterance.start_seconds * RATE_HZ)
        end = begin + len(utterance.pcm.samples)
        assert np.array_equal(utterance.pcm.samples, np.arange(begin, end).astype(np.int16))
        found.append((begin, end))
    return found


def test_silence_holds_no_utterance() -> None:
    assert cut(windows(10, 0.1), CutOptions()) == []


def test_no_sound_holds_no_utterance() -> None:
    assert UtteranceCutter(CutOptions()).finish() == []


def test_an_utterance_is_padded_on_both_sides() -> None:
    options = CutOptions(padding_seconds=0.3, min_silence_seconds=0.7)
    ((begin, end),) = spans(cut(windows(3.2, 0) + windows(1.6, 0.9) + windows(3.2, 0), options))
    assert begin == pytest.approx(2900, abs=1)
    assert end == pytest.approx(5100, abs=1)


def test_padding_stops_at_the_ends_of_the_recording() -> None:
    assert spans(cut(windows(1.6, 0.9), CutOptions(padding_seconds=0.3))) == [(0, 1600)]


def test_a_short_pause_does_not_divide_and_a_long_one_does() -> None:
    speech, options = windows(1.6, 0.9), CutOptions(min_silence_seconds=0.7)
    assert len(cut(speech + windows(0.5, 0) + speech, options)) == 1
    assert len(cut(speech + windows(1.2, 0) + speech, options)) == 2


def test_wide_padding_never_makes_neighbours_overlap() -> None:
    speech = windows(0.64, 0.9)
    options = CutOptions(min_silence_seconds=0.2, padding_seconds=0.5)
    (_, first_end), (second_begin, _) = spans(cut(speech + windows(0.32, 0) + speech, options))
    assert first_end <= second_begin


def test_a_click_is_not_speech() -> None:
    assert cut([*windows(1, 0), 0.9, 0.9, *windows(1, 0)], CutOptions(min_speech_seconds=0.1)) == []


def test_doubtful_windows_prolong_speech_and_do_not_begin_it() -> None:
    doubtful, silent = windows(0.96, 0.4), windows(1.6, 0)
    options = CutOptions(padding_seconds=0)
    assert cut(silent + doubtful + silent, options) == []
    ((begin, end),) = spans(cut(silent + windows(0.96, 0.9) + doubtful + silent, options))
    assert (begin, end) == (1600, 1600 + 2 * 960)


def test_an_utterance_is_given_as_soon_as_its_pause_is_long_enough() -> None:
    cutter = UtteranceCutter(CutOptions(min_silence_seconds=0.64))
    cutter.push_audio(sound(100 * WINDOW_SAMPLES))
    assert cutter.push_activity(activity([0.9] * 20)) == []
    assert cutter.push_activity(activity([0.0] * 19, first_window=20)) == []
    assert len(cutter.push_activity(activity([0.0], first_window=39))) == 1


def test_a_long_stretch_is_divided_where_it_is_quietest() -> None:
    probabilities = windows(12.8, 0.9)
    probabilities[220] = 0.6  # at 7.04 s, in the second half of the first ten seconds
    options = CutOptions(longest_seconds=10, padding_seconds=0)
    cut_sample = 220 * WINDOW_SAMPLES + WINDOW_SAMPLES // 2
    assert spans(cut(probabilities, options)) == [(0, cut_sample), (cut_sample, 400 * WINDOW_SAMPLES)]


def test_the_remainder_of_a_divided_stretch_is_kept_however_short() -> None:
    probabilities = windows(3.2, 0.9)
    options = CutOptions(longest_seconds=3.1, min_speech_seconds=0.3, padding_seconds=0)
    assert spans(cut(probabilities, options))[-1][1] == 3200


def test_silence_is_forgotten_as_it_passes() -> None:
    cutter = UtteranceCutter(CutOptions(padding_seconds=0.3))
    for piece in range(1000):
        cutter.push_audio(sound(10 * WINDOW_SAMPLES))
        cutter.push_activity(activity([0.0] * 10, first_window=10 * piece))
        assert len(cutter._tape._pieces) <= 3


def test_speech_without_end_is_forgotten_as_it_is_given() -> None:
    cutter = UtteranceCutter(CutOptions(longest_seconds=4))
    for piece in range(1000):
        cutter.push_audio(sound(10 * WINDOW_SAMPLES))
        cutter.push_activity(activity([0.9] * 10, first_window=10 * piece))
        assert len(cutter._tape._pieces) * 10 * WINDOW_SECONDS <= 5


def test_sound_that_comes_after_its_probabilities_is_waited_for() -> None:
    cutter = UtteranceCutter(CutOptions())
    assert cutter.push_activity(activity(windows(1.6, 0.9) + windows(3.2, 0))) == []
    cutter.push_audio(sound(4800))
    (utterance,) = cutter.push_activity(activity([0.0], first_window=150))
    assert utterance.start_seconds == 0


def test_sound_without_probabilities_is_silence() -> None:
    cutter = UtteranceCutter(CutOptions())
    cutter.push_audio(sound(10_000))
    assert cutter.finish() == []


def test_missing_windows_are_an_error() -> None:
    cutter = UtteranceCutter(CutOptions())
    cutter.push_activity(activity([0.0]))
    with pytest.raises(ValueError, match="expected windows"):
        cutter.push_activity(activity([0.0], first_window=2))


def test_a_change_of_rate_is_an_error() -> None:
    cutter = UtteranceCutter(CutOptions())
    cutter.push_audio(sound(10))
    with pytest.raises(ValueError, match="1000 Hz"):
        cutter.push_audio(Pcm.silence(1, 2000))


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 1.1},
        {"negative_threshold": 0.6},
        {"negative_threshold": -0.1},
        {"padding_seconds": -1},
        {"longest_seconds": 0},
    ],
)
def test_senseless_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        CutOptions(**wrong)


# Runs of equal probability look more like speech than independent windows do.
runs = st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0.0, 0.2, 0.36, 0.49, 0.5, 0.7, 0.95])), max_size=20)
streams = runs.map(lambda pairs: [probability for count, probability in pairs for _ in range(count)])
options = st.builds(
    CutOptions,
    min_speech_seconds=st.sampled_from([0.0, 0.1, 0.25]),
    min_silence_seconds=st.sampled_from([0.0, 0.1, 0.7]),
    padding_seconds=st.sampled_from([0.0, 0.1, 0.3, 0.9]),
    longest_seconds=st.sampled_from([1.8, 3.0, 30.0]),
)


@given(streams, options)
def test_utterances_are_in_order_without_overlap_and_not_too_long(probabilities: list[float], options: CutOptions) -> None:
    found = spans(cut(probabilities, options))
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)
    assert all(0 < end - begin <= options.longest_seconds * RATE_HZ + 1 for begin, end in found)


@given(streams, options)
def test_every_window_of_speech_is_covered_unless_its_stretch_is_too_short(probabilities: list[float], options: CutOptions) -> None:
    covered = np.zeros(len(probabilities) * WINDOW_SAMPLES, dtype=bool)
    for begin, end in spans(cut(probabilities, options)):
        covered[begin:end] = True
    run = 0
    for number, probability in enumerate([*probabilities, 0.0]):
        if probability >= options.threshold:
            run += 1
            continue
        if run * WINDOW_SECONDS >= options.min_speech_seconds:
            assert covered[(number - run) * WINDOW_SAMPLES : number * WINDOW_SAMPLES].all()
        run = 0


@given(streams, options, st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=60))
def test_any_pieces_in_any_order_give_the_same_utterances(
    probabilities: list[float], options: CutOptions, steps: list[tuple[bool, int]]
) -> None:
    cutter = UtteranceCutter(options)
    total_samples = len(probabilities) * WINDOW_SAMPLES
    samples_given, windows_given, taken = 0, 0, list[Utterance]()
    for is_sound, size in [*steps, (True, total_samples), (False, len(probabilities))]:
        if is_sound:
            count = min(size * 7, total_samples - samples_given)
            cutter.push_audio(sound(count, first=samples_given))
            samples_given += count
        else:
            batch = probabilities[windows_given : windows_given + size]
            taken += cutter.push_activity(activity(batch, first_window=windows_given))
            windows_given += len(batch)
    assert spans(taken + cutter.finish()) == spans(cut(probabilities, options))


def test_a_caller_may_want_it_cut_otherwise():
    options = CutOptions(longest_seconds=10.0).adjusted(Chunking(0.8, 0.1, 1.0))
    assert (options.threshold, options.padding_seconds, options.min_silence_seconds, options.longest_seconds) == (
        0.8,
        0.1,
        1.0,
        10.0,
    )
    assert options.negative_threshold == pytest.approx(0.65)
    assert CutOptions().adjusted(Chunking()) == CutOptions()
    assert CutOptions().adjusted(Chunking(threshold=0.0)).negative_threshold == 0.0
    assert CutOptions(longest_seconds=4.0).adjusted(Chunking(padding_seconds=9.0)).padding_seconds == 2.0
