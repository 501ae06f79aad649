import numpy as np
import pytest

from voxhelm.engines.piper.narration import Said, SaidWord, narrate

RATE_HZ = 1000


def said(samples, *words):
    return Said(np.zeros(samples, np.int16), [SaidWord(text, 0, begin, end) for text, begin, end in words])


def told(pieces):
    return [[(word.text, word.start_seconds, word.end_seconds) for word in piece.words] for piece in pieces]


def test_sound_comes_in_pieces_of_about_two_seconds_and_a_word_with_the_piece_it_ends_in():
    pieces = list(narrate([said(4800, ("one", 0, 1200), ("two", 1200, 2600), ("three", 2600, 4800))], RATE_HZ, 1.0))
    assert [len(piece.pcm.samples) for piece in pieces] == [2400, 2400]
    assert told(pieces) == [[("one", 0.0, 1.2)], [("two", 1.2, 2.6), ("three", 2.6, 4.8)]]


def test_a_sentence_does_not_wait_for_the_next_one():
    def sentences():
        yield said(300, ("one", 0, 300))
        raise AssertionError("asked for before the first was handed on")

    first = next(narrate(sentences(), RATE_HZ, 1.0))
    assert [word.text for word in first.words] == ["one"]


@pytest.mark.parametrize("stretch", [0.5, 2.0])
def test_stretched_words_are_told_with_their_sound_and_none_is_lost(stretch):
    words = [(str(number), number * 500, number * 500 + 500) for number in range(20)]
    pieces = list(narrate([said(5000, *words[:10]), said(5000, *words[10:])], RATE_HZ, stretch))
    total = sum(piece.pcm.duration_seconds for piece in pieces)
    assert total == pytest.approx(10 / stretch, rel=0.1)
    heard = 0.0
    for piece in pieces:
        heard += piece.pcm.duration_seconds
        assert all(word.start_seconds <= heard for word in piece.words)
    assert [word.text for piece in pieces for word in piece.words] == [text for text, _, _ in words]
    last = pieces[-1].words[-1]
    assert last.end_seconds == pytest.approx(10 / stretch, rel=0.1)
    assert last.end_seconds <= total


def test_no_sound_stays_none():
    assert list(narrate([], RATE_HZ, 1.0)) == []
    assert list(narrate([], RATE_HZ, 2.0)) == []
