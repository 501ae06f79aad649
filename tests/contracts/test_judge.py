"""What every engine that judges turns must do."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.contracts.conftest import CLIPS, cut
from voxhelm.domain.errors import AudioUnreadable
from voxhelm.domain.pcm import Pcm


def joined(*parts: Pcm) -> Pcm:
    return Pcm(np.concatenate([part.samples for part in parts]), parts[0].rate_hz)


def test_a_turn_has_one_guess_which_is_a_probability(judge):
    (probability,) = judge.guesses(cut(judge.clip(), 1600))
    assert 0.0 <= probability <= 1.0


@pytest.mark.parametrize("pieces", [0, 1], ids=["no piece", "an empty piece"])
def test_no_sound_has_no_guess(judge, pieces):
    assert judge.guesses(iter([judge.silence(0)] * pieces)) == []


@pytest.mark.parametrize("seconds", [0.001, 0.2, 30.0])
def test_any_length_is_judged(judge, seconds):
    assert len(judge.guesses(iter([judge.silence(seconds)]))) == 1


@pytest.mark.parametrize("samples", [160, 997, 16_001])
def test_how_the_sound_is_cut_makes_no_difference(judge, samples):
    clip = judge.clip()
    assert judge.guesses(cut(clip, samples)) == pytest.approx(judge.guesses(iter([clip])), abs=1e-4)


def test_what_lies_too_far_back_makes_no_difference(judge):
    seconds = judge.engine.capabilities.longest_audio_seconds
    if seconds is None:
        pytest.skip("this engine looks at all of it")
    count = round(seconds * judge.rate_hz)
    spoken = joined(*map(judge.clip, CLIPS))
    last = Pcm(np.resize(spoken.samples, count), judge.rate_hz)
    longer = joined(spoken, last)
    assert judge.guesses(cut(longer, 997)) == pytest.approx(judge.guesses(iter([last])), abs=1e-4)


def test_four_callers_at_once_get_what_each_would_get_alone(judge):
    clips = [judge.clip(path) for path in CLIPS[:4]]
    alone = [judge.guesses(iter([clip])) for clip in clips]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda clip: judge.guesses(cut(clip, 1600)), clips * 3))
    for ours, reference in zip(together, alone * 3, strict=True):
        assert ours == pytest.approx(reference, abs=1e-4)


def test_an_error_of_the_source_reaches_the_caller_and_spares_the_model(judge):
    alone = judge.guesses(iter([judge.clip()]))

    def broken():
        yield from cut(Pcm(judge.clip().samples[:8000], judge.rate_hz), 1600)
        raise AudioUnreadable("the file ends in the middle")

    with pytest.raises(AudioUnreadable, match="in the middle"):
        judge.guesses(broken())
    assert judge.guesses(iter([judge.clip()])) == pytest.approx(alone, abs=1e-4)
