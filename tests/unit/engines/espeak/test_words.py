"""Events as libespeak-ng 1.52 was seen to report them."""

import pytest

from voxhelm.engines.espeak.words import WordTimeline


def told(text, *events):
    """(text, offset, start, end) of each word. events: (offset, seconds), or (None, seconds) where a clause ends."""
    timeline = WordTimeline(text)
    words = []
    for offset, seconds in events:
        if offset is None:
            timeline.close(seconds)
        else:
            words.extend(timeline.begin(offset, seconds))
    words.extend(timeline.finish(99.0))
    assert all(text[word.text_offset : word.text_offset + len(word.text)] == word.text for word in words)
    return [(word.text, word.text_offset, word.start_seconds, word.end_seconds) for word in words]


def test_a_word_ends_where_the_next_begins():
    assert told("One two.", (0, 0.0), (4, 0.3), (None, 0.7)) == [("One", 0, 0.0, 0.3), ("two", 4, 0.3, 0.7)]


def test_the_last_word_of_a_clause_ends_with_the_clause():
    events = [(0, 0.0), (None, 0.4), (5, 0.5), (None, 0.9)]
    assert told("Yes, no.", *events) == [("Yes", 0, 0.0, 0.4), ("no", 5, 0.5, 0.9)]


def test_cyrillic_is_counted_in_characters():
    assert told("Здравей, свят!", (0, 0.0), (9, 0.7), (None, 1.4)) == [("Здравей", 0, 0.0, 0.7), ("свят", 9, 0.7, 1.4)]


def test_the_events_inside_of_a_number_are_one_word():
    events = [(0, 0.0), (3, 0.2), (4, 0.5), (4, 0.9), (8, 1.4), (None, 2.0)]
    assert told("no 1234 x", *events) == [("no", 0, 0.0, 0.2), ("1234", 3, 0.2, 1.4), ("x", 8, 1.4, 2.0)]


def test_a_clause_that_ends_inside_of_a_word_does_not_end_it():
    assert told("3.14 x", (0, 0.0), (None, 0.4), (2, 0.5), (5, 0.9)) == [("3.14", 0, 0.0, 0.9), ("x", 5, 0.9, 99.0)]


def test_a_symbol_named_in_several_words_is_one_word():
    # The second and third word of its name are reported at the space behind it.
    assert told("a 👋 b", (0, 0.0), (2, 0.1), (3, 0.4), (3, 0.6), (4, 0.9)) == [
        ("a", 0, 0.0, 0.1),
        ("👋", 2, 0.1, 0.9),
        ("b", 4, 0.9, 99.0),
    ]


def test_a_word_spelt_letter_by_letter_is_one_word():
    assert told("привет мир", (0, 0.0), (0, 0.2), (0, 0.4), (7, 0.6)) == [("привет", 0, 0.0, 0.6), ("мир", 7, 0.6, 99.0)]


def test_chinese_words_are_told_apart_without_spaces():
    assert told("你好世界。", (0, 0.0), (2, 0.4), (3, 0.7), (None, 1.0)) == [
        ("你好", 0, 0.0, 0.4),
        ("世", 2, 0.4, 0.7),
        ("界", 3, 0.7, 1.0),
    ]


@pytest.mark.parametrize("word", ["don't", "aujourd’hui", "well-known", "U.S.A", "हिन्दी", "1,234.56", "café", "e\u0301te\u0301"])
def test_a_word_is_whole_and_without_the_punctuation_around_it(word):
    text = f"“{word}”, yes"
    assert told(text, (1, 0.0), (len(text) - 3, 0.5))[0] == (word, 1, 0.0, 0.5)


def test_a_number_and_its_sign_are_two_words():
    assert [word[0] for word in told("50% off", (0, 0.0), (2, 0.4), (4, 0.9))] == ["50", "%", "off"]


@pytest.mark.parametrize("offset", [-1, 0, 3, 5, 6, 7, 100])
def test_an_event_at_an_odd_place_breaks_nothing(offset):
    told("ab  cd", (0, 0.0), (offset, 0.1), (4, 0.2), (None, 0.3))


def test_no_event_is_no_word():
    assert told("ab") == []
    assert told("", (0, 0.0)) == []
