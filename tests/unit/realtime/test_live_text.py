import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.segment import Segment
from voxhelm.realtime.live_text import LONGEST_WINDOW_SECONDS, LiveText


def segments(*texts, seconds=1.0):
    return [Segment(text, index * seconds, (index + 1) * seconds) for index, text in enumerate(texts)]


def told(*hypotheses):
    live = LiveText()
    return [live.take(segments(text), 1.0) for text in hypotheses], live


def test_words_are_told_once_two_hypotheses_agree_on_them():
    deltas, _ = told("the quick", "the quick brown", "the quick brown fox jumps")
    assert deltas == ["", "the quick", " brown"]


def test_the_last_word_waits_since_it_may_be_half_of_one():
    deltas, _ = told("some body", "some body")
    assert deltas == ["", "some"]


def test_what_was_told_is_not_taken_back():
    deltas, live = told("the quick brown", "the quick brown fox", "a slow green turtle", "a slow green turtle walks")
    assert deltas[:2] == ["", "the quick brown"]
    assert live.told.startswith("the quick brown")


def test_a_change_of_mind_about_what_was_told_repeats_no_word():
    deltas, _ = told(
        "i saw the man", "i saw the man there", "eye saw the man there yesterday", "eye saw the man there yesterday at"
    )
    assert "".join(deltas) == "i saw the man there yesterday"


def test_commas_and_capitals_make_no_other_word():
    deltas, _ = told("hello there", "Hello, there my", "Hello there, my friend")
    assert deltas == ["", "Hello, there", " my"]


def test_chinese_is_told_by_the_character():
    deltas, _ = told("今天天", "今天天气", "今天天气很好")
    assert "".join(deltas) == "今天天气"


def test_nothing_heard_tells_nothing():
    live = LiveText()
    assert live.take([], 1.0) == ""
    assert live.take(segments(""), 1.0) == ""
    assert live.told == ""


def test_the_rest_of_the_transcript_goes_on_from_what_was_told():
    _, live = told("the quick brown", "the quick brown fox")
    assert live.finish("the quick brown fox jumps.") == " fox jumps."


def test_another_transcript_than_what_was_told_has_no_rest():
    _, live = told("the quick brown", "the quick brown fox")
    assert live.finish("The quick brown fox.") == ""


def test_after_a_while_only_what_is_not_certain_is_heard_again():
    live = LiveText()
    first = segments("one two three", "four five six", "seven eight", seconds=8.0)
    assert live.take(first, 24.0) == ""
    assert live.window_start_seconds == 0.0
    assert live.take(first, LONGEST_WINDOW_SECONDS + 4.0) == "one two three four five six seven"
    assert live.window_start_seconds == 16.0
    # Heard from there on.
    assert live.take(segments("seven eight nine"), 25.0) == " eight"
    assert live.take(segments("seven eight nine ten"), 26.0) == " nine"
    assert live.told == "one two three four five six seven eight nine"


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6), max_size=8))
def test_deltas_only_ever_append(hypotheses):
    live = LiveText()
    everything = ""
    for words in hypotheses:
        delta = live.take(segments(" ".join(words)), 1.0)
        everything += delta
        assert live.told == everything
        assert not everything.startswith(" ")
        assert "  " not in everything


@pytest.mark.parametrize("text", ["one two three four", "Ще вали ли днес?", "一二三四五"])
@given(data=st.data())
def test_a_recogniser_that_never_errs_is_told_word_by_word(text, data):
    """Prefixes that grow: what is told is a prefix of the whole, and the rest makes it whole."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    live = LiveText()
    for cut in cuts:
        # Words are whole: a parrot's are.
        whole = text[:cut].rsplit(" ", 1)[0] if " " in text else text[:cut]
        live.take(segments(whole), 1.0)
    assert text.startswith(live.told)
    assert live.told + live.finish(text) == text
