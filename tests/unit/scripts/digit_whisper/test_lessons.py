import numpy as np
import pytest

from scripts.digit_whisper.lessons import QUIET, Vocabulary, lesson
from scripts.digit_whisper.speech import Example

VOCABULARY = Vocabulary()
TWO = Example(np.zeros((100, 80), np.float32), (4, 7), ((0.2, 0.4), (0.4, 0.74)))
NOBODY = Example(np.zeros((60, 80), np.float32), (), ())


def named(tokens):
    return [VOCABULARY.tokens[token] for token in tokens]


def test_text_is_learnt_with_moments_and_without():
    made = lesson([TWO], VOCABULARY)
    timed, plain = made.tokens
    four, seven = (f"\u0120{word}" for word in ("four", "seven"))
    assert named(timed) == ["<|startoftranscript|>", "<|0.20|>", four, seven, "<|0.70|>"]
    assert named(plain)[:4] == ["<|startoftranscript|>", "<|notimestamps|>", four, seven]
    assert named(made.wanted[0].argmax(axis=-1)) == ["<|0.20|>", four, seven, "<|0.70|>", "<|endoftext|>"]
    assert named(made.wanted[1, 1:4].argmax(axis=-1)) == [four, seven, "<|endoftext|>"]


def test_a_moment_between_two_tenths_may_be_either_the_nearer_the_likelier():
    ends = lesson([TWO], VOCABULARY).wanted[0, 3]
    found = {VOCABULARY.tokens[token]: ends[token] for token in np.flatnonzero(ends)}
    assert found == {"<|0.70|>": pytest.approx(0.6), "<|0.80|>": pytest.approx(0.4)}


def test_every_row_is_a_distribution_or_asks_for_nothing():
    made = lesson([TWO, NOBODY], VOCABULARY)
    for rows in (made.wanted, made.next_heard, made.last_heard):
        sums = rows.sum(axis=-1)
        assert np.all(np.isclose(sums, 1, atol=1e-5) | (sums == 0))
    assert made.sounding.sum(axis=-1) == pytest.approx(1)


def test_the_next_word_is_listened_for_where_it_is_said():
    made = lesson([TWO], VOCABULARY)
    assert np.flatnonzero(made.next_heard[1, 1]).tolist() == list(range(10, 20))
    assert np.flatnonzero(made.last_heard[1, 2]).tolist() == list(range(10, 20))
    assert np.flatnonzero(made.next_heard[1, 2]).tolist() == list(range(20, 37))
    assert made.sounding[0].argmax(axis=-1).tolist() == [QUIET] * 10 + [4] * 10 + [7] * 17 + [QUIET] * 13


def test_in_quiet_there_is_no_speech_and_the_text_ends_at_once():
    made = lesson([NOBODY], VOCABULARY)
    assert named(made.wanted[0, :2].argmax(axis=-1)) == ["<|nospeech|>", "<|endoftext|>"]
    assert named(made.wanted[1, 1:2].argmax(axis=-1)) == ["<|endoftext|>"]
    assert not made.next_heard.any()
