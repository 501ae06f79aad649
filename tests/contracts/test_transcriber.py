"""What every engine that hears must do."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import jiwer
import numpy as np
import pytest

from tests.contracts.conftest import CLIPS, cut
from voxhelm.domain.errors import AudioUnreadable
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm


def said(segments) -> str:
    return " ".join(segment.text for segment in segments)


def plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum() or character.isspace()).strip()


def transcript(path) -> str:
    return path.with_suffix(".txt").read_text(encoding="utf-8")


def two_clips(hearer) -> Pcm:
    parts = [hearer.clip(CLIPS[0]).samples, hearer.silence(1.5).samples, hearer.clip(CLIPS[-1]).samples]
    return Pcm(np.concatenate(parts), hearer.rate_hz)


def test_clear_speech_is_understood(hearer):
    if "en" not in hearer.spec.languages:
        pytest.skip("the clips are English")
    if not hearer.understands:
        pytest.skip("this model writes the same whatever it hears")
    heard = [plain(said(hearer.hear(iter([hearer.clip(path)])))) for path in CLIPS]
    wanted = [plain(transcript(path)) for path in CLIPS]
    assert len(CLIPS) == 5
    assert jiwer.wer(wanted, heard) < 0.1


def test_segments_are_in_order_and_within_the_sound(hearer):
    audio = two_clips(hearer)
    segments = hearer.hear(iter([audio]))
    assert segments
    assert all(segment.text.strip() for segment in segments)
    assert all(0 <= segment.start_seconds <= segment.end_seconds <= audio.duration_seconds + 0.05 for segment in segments)
    assert all(left.end_seconds <= right.start_seconds + 0.05 for left, right in pairwise(segments))


def test_words_are_in_order_and_within_their_segment(hearer):
    if not hearer.engine.capabilities.word_times:
        pytest.skip("this engine does not tell when words were said")
    segments = hearer.hear(iter([two_clips(hearer)]), word_times=True)
    for segment in segments:
        assert plain(" ".join(word.text for word in segment.words)) == plain(segment.text)
        assert all(word.start_seconds <= word.end_seconds for word in segment.words)
        assert all(left.end_seconds <= right.start_seconds + 0.05 for left, right in pairwise(segment.words))
        assert segment.words[0].start_seconds >= segment.start_seconds - 0.05
        assert segment.words[-1].end_seconds <= segment.end_seconds + 0.05
        assert all(word.confidence is None or 0 <= word.confidence <= 1 for word in segment.words)


def test_words_are_left_out_unless_asked_for(hearer):
    assert not any(segment.words for segment in hearer.hear(iter([hearer.clip()])))


def test_silence_says_nothing(hearer):
    assert plain(said(hearer.hear(iter([hearer.silence(2.0)])))) == ""


@pytest.mark.parametrize("pieces", [0, 1], ids=["no piece", "an empty piece"])
def test_no_sound_says_nothing(hearer, pieces):
    assert hearer.hear(iter([hearer.silence(0)] * pieces)) == []


@pytest.mark.parametrize("samples", [160, 997, 16_001])
def test_how_the_sound_is_cut_makes_no_difference(hearer, samples):
    clip = hearer.clip()
    assert hearer.hear(cut(clip, samples), word_times=True) == hearer.hear(iter([clip]), word_times=True)


def test_three_callers_at_once_get_what_each_would_get_alone(hearer):
    clips = [hearer.clip(path) for path in CLIPS[:3]]
    alone = [said(hearer.hear(iter([clip]))) for clip in clips]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda clip: said(hearer.hear(cut(clip, 1600))), clips))
    assert together == alone


def test_the_model_is_usable_after_a_caller_left_early(hearer):
    alone = said(hearer.hear(iter([hearer.clip()])))
    stream = hearer.model.transcribe(cut(two_clips(hearer), 1600), TranscribeOptions())
    next(stream)
    stream.close()
    assert said(hearer.hear(iter([hearer.clip()]))) == alone


def test_an_error_of_the_source_reaches_the_caller_and_spares_the_model(hearer):
    alone = said(hearer.hear(iter([hearer.clip()])))

    def broken():
        yield from cut(Pcm(hearer.clip().samples[:8000], hearer.rate_hz), 1600)
        raise AudioUnreadable("the file ends in the middle")

    with pytest.raises(AudioUnreadable, match="in the middle"):
        hearer.hear(broken())
    assert said(hearer.hear(iter([hearer.clip()]))) == alone
