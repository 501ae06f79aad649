"""The real detector on a short clip of one of flite's voices."""

import itertools
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voxhelm.domain.activity import Activity
from voxhelm.domain.engine import VoiceDetector
from voxhelm.domain.errors import Cancelled, EngineFailed
from voxhelm.domain.model import Placement
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.silero.engine import ENGINE

DATA = Path(__file__).parents[3] / "data"
WINDOW_SECONDS = 512 / 16_000


@pytest.fixture(scope="module")
def detector() -> Iterator[VoiceDetector]:
    (spec,) = ENGINE.discover(Path("models"))
    with ENGINE.load(spec, Placement()) as model:
        yield model


@pytest.fixture(scope="module")
def clip() -> Pcm:
    """A second of silence, a sentence, a second of silence."""
    with wave.open(str(DATA / "heard-dish.wav")) as recording:
        said = np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")
    silence = np.zeros(16_000, dtype=np.int16)
    return Pcm(np.concatenate((silence, said, silence)), 16_000)


def pieces(pcm: Pcm, samples: int) -> Iterator[Pcm]:
    for start in range(0, len(pcm.samples), samples):
        yield Pcm(pcm.samples[start : start + samples], pcm.rate_hz)


def probabilities(activities: Iterator[Activity]) -> list[float]:
    return list(itertools.chain.from_iterable(activity.probabilities for activity in activities))


def test_speech_is_told_from_silence(detector: VoiceDetector, clip: Pcm) -> None:
    heard = np.array(probabilities(detector.detect(iter([clip]))))
    second = int(1 / WINDOW_SECONDS)
    assert heard[: second - 1].max() < 0.3
    assert heard[-second + 8 :].max() < 0.3
    assert np.mean(heard[second:-second] > 0.5) > 0.8


def test_windows_cover_the_audio_without_gaps_and_the_last_is_padded(detector: VoiceDetector, clip: Pcm) -> None:
    activities = list(detector.detect(pieces(clip, 3000)))
    expected_start = 0.0
    for activity in activities:
        assert activity.window_seconds == WINDOW_SECONDS
        assert activity.start_seconds == pytest.approx(expected_start)
        expected_start += len(activity.probabilities) * activity.window_seconds
    assert clip.duration_seconds <= expected_start < clip.duration_seconds + WINDOW_SECONDS


@pytest.mark.parametrize("samples", [100, 511, 512, 513, 1600, 40_000])
def test_the_answer_does_not_depend_on_the_pieces(detector: VoiceDetector, clip: Pcm, samples: int) -> None:
    assert probabilities(detector.detect(pieces(clip, samples))) == probabilities(detector.detect(iter([clip])))


def test_windows_are_reported_as_soon_as_they_are_complete(detector: VoiceDetector, clip: Pcm) -> None:
    taken: list[int] = []

    def source() -> Iterator[Pcm]:
        for number, piece in enumerate(pieces(clip, 700)):
            taken.append(number)
            yield piece

    activities = detector.detect(source())
    assert len(next(activities).probabilities) == 1
    assert taken == [0]
    assert len(next(activities).probabilities) == 1
    assert taken == [0, 1]


def test_calls_at_once_and_in_turn_do_not_disturb_each_other(detector: VoiceDetector, clip: Pcm) -> None:
    alone = probabilities(detector.detect(iter([clip])))
    interleaved = list(zip(detector.detect(pieces(clip, 512)), detector.detect(pieces(clip, 512)), strict=True))
    assert [pair[0].probabilities[0] for pair in interleaved] == [pair[1].probabilities[0] for pair in interleaved] == alone
    heard: list[list[float]] = []
    threads = [threading.Thread(target=lambda: heard.append(probabilities(detector.detect(iter([clip]))))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [alone] * 4


def test_a_detection_makes_no_threads(detector: VoiceDetector, clip: Pcm) -> None:
    def tasks() -> int:
        return sum(1 for _ in Path("/proc/self/task").iterdir())

    before = tasks()
    probabilities(detector.detect(iter([clip])))
    assert tasks() <= before


def test_no_audio_has_no_windows(detector: VoiceDetector) -> None:
    assert list(detector.detect(iter([]))) == []
    assert list(detector.detect(iter([Pcm.silence(0, 16_000)]))) == []


def test_a_caller_that_leaves_ends_the_work(detector: VoiceDetector, clip: Pcm) -> None:
    def leaving() -> Iterator[Pcm]:
        yield clip
        raise Cancelled("The caller has gone.")

    with pytest.raises(Cancelled):
        list(detector.detect(leaving()))


def test_another_rate_is_refused(detector: VoiceDetector) -> None:
    with pytest.raises(EngineFailed, match="16000 Hz"):
        list(detector.detect(iter([Pcm.silence(0.1, 24_000)])))
