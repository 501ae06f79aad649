import numpy as np
import pytest

from voxhelm.audio.tempo import Tempo, at_tempo
from voxhelm.domain.pcm import Pcm

RATE_HZ = 24_000


def tone(seconds: float, hz: float = 200.0) -> Pcm:
    steps = np.arange(round(seconds * RATE_HZ))
    return Pcm((8_000 * np.sin(2 * np.pi * hz * steps / RATE_HZ)).astype(np.int16), RATE_HZ)


def cut(pcm: Pcm, samples: int):
    for start in range(0, len(pcm.samples), samples):
        yield Pcm(pcm.samples[start : start + samples], pcm.rate_hz)


def joined(pieces) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *(piece.samples for piece in pieces)])


def loudest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[spectrum.argmax()])


@pytest.mark.parametrize("factor", [0.25, 0.4, 0.5, 0.8, 1.25, 2.0, 4.0])
def test_the_duration_is_divided_and_the_pitch_stays(factor):
    changed = joined(at_tempo(cut(tone(4.0), 4_800), factor))
    assert len(changed) / RATE_HZ == pytest.approx(4.0 / factor, rel=0.05)
    assert loudest_hz(changed) == pytest.approx(200.0, abs=5)
    assert np.sqrt(np.mean(changed.astype(float) ** 2)) > 4_000


@pytest.mark.parametrize("samples", [100, 997, 30_000])
def test_how_the_sound_is_cut_makes_no_difference(samples):
    whole = joined(at_tempo(iter([tone(1.0)]), 1.5))
    assert np.array_equal(joined(at_tempo(cut(tone(1.0), samples), 1.5)), whole)


def test_the_same_pace_is_passed_through_untouched():
    pieces = list(cut(tone(0.5), 1_000))
    assert list(at_tempo(iter(pieces), 1.0)) == pieces


def test_no_sound_stays_none():
    assert list(at_tempo(iter([]), 2.0)) == []
    assert joined(at_tempo(iter([Pcm.silence(0, RATE_HZ)]), 2.0)).size == 0


def test_sound_comes_before_all_of_it_was_given():
    given = 0

    def source():
        nonlocal given
        for pcm in cut(tone(10.0), 2_400):
            given += 1
            yield pcm

    next(at_tempo(source(), 2.0))
    assert given < 20


@pytest.mark.parametrize("factor", [0.2, 101.0, float("nan")])
def test_what_cannot_be_done_is_refused(factor):
    with pytest.raises(ValueError, match="times as fast"):
        Tempo(factor, RATE_HZ)


def test_another_rate_in_the_middle_is_refused():
    tempo = Tempo(2.0, RATE_HZ)
    with pytest.raises(ValueError, match="24000 Hz"):
        list(tempo.push(Pcm.silence(0.1, 16_000)))
