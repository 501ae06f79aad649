from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.word import Word
from voxhelm.text.figures import written_out
from voxhelm.text.passage import Passage
from voxhelm.text.ssml import parse_ssml
from voxhelm.text.timing import WordTimes


def engine(said, *times):
    """What an engine tells: (word, start, end), in order."""
    words, offset = [], 0
    for text, start, end in times:
        offset = said.index(text, offset)
        words.append(Word(text, start, end, None, offset))
        offset += len(text)
    return words


def told(passage, words, seconds):
    times = WordTimes(passage)
    return [word for one in words for word in times.add(one)] + list(times.finish(seconds))


def brief(words):
    return [(word.text, round(word.start_seconds, 3), round(word.end_seconds, 3), word.estimated) for word in words]


def test_words_are_the_callers_and_stand_where_they_wrote_them():
    text = "On 3 May we paid $12.50."
    passage = written_out(Passage.of(text), "en")
    spoken = ["On", "third", "of", "May", "we", "paid", "twelve", "dollars", "and", "fifty", "cents"]
    words = told(passage, engine(passage.said, *[(one, index, index + 0.9) for index, one in enumerate(spoken)]), 11.0)
    assert [(word.text, word.text_offset) for word in words] == [
        ("On", 0),
        ("3", 3),
        ("May", 5),
        ("we", 9),
        ("paid", 12),
        ("$12.50", 17),
    ]
    assert brief(words)[-1] == ("$12.50", 6.0, 10.9, False)
    assert brief(words)[3] == ("we", 4.0, 4.9, False)
    # "third of May" is one thing to say for two words that were written.
    assert all(word.estimated for word in words[1:3])
    assert words[1].start_seconds == 1.0
    assert words[2].end_seconds == pytest.approx(3.9)


def test_a_word_is_told_when_the_next_has_begun():
    times = WordTimes(Passage.of("One two three"))
    one, two, three = engine("One two three", ("One", 0, 1), ("two", 1, 2), ("three", 2, 3))
    assert list(times.add(one)) == []
    assert [word.text for word in times.add(two)] == ["One"]
    assert [word.text for word in times.add(three)] == ["two"]
    assert [word.text for word in times.finish(3.0)] == ["three"]


def test_a_word_that_the_engine_joins_to_the_one_before_has_its_share():
    passage = Passage.of("in the house")
    words = told(passage, engine("in the house", ("in", 0.0, 0.7), ("house", 0.7, 1.2)), 1.2)
    assert brief(words) == [("in", 0.0, 0.3, True), ("the", 0.3, 0.7, True), ("house", 0.7, 1.2, False)]


def test_a_word_that_the_engine_left_out_is_in_the_gap():
    passage = Passage.of("in the house")
    words = told(passage, engine("in the house", ("in", 0.0, 0.3), ("house", 0.7, 1.2)), 1.2)
    assert brief(words) == [("in", 0.0, 0.3, False), ("the", 0.3, 0.7, True), ("house", 0.7, 1.2, False)]


def test_without_any_times_letters_and_pauses_share_the_sound():
    words = told(Passage.of("One, two!"), [], 1.2)
    assert brief(words) == [("One", 0.0, 0.4, True), ("two", 0.8, 1.2, True)]


def test_sounds_and_aliases_belong_to_the_text_in_their_element():
    source = '<speak>The <sub alias="World Wide Web">WWW</sub> is &amp; was</speak>'
    (part,) = parse_ssml(source)
    words = told(part.passage, [], 2.0)
    assert [word.text for word in words] == ["The", "WWW", "is", "was"]
    assert [source[word.text_offset : word.text_offset + 3] for word in words] == ["The", "WWW", "is ", "was"]


def test_in_chinese_every_character_can_be_pointed_at():
    assert [word.text for word in told(Passage.of("你好，世界 abc"), [], 1.0)] == ["你", "好", "世", "界", "abc"]


@given(st.lists(st.sampled_from(["a", "bcd", "12", "$5", "-", "Dr."]), min_size=1, max_size=12), st.data())
def test_times_never_go_back_and_no_word_is_lost(tokens, data):
    text = " ".join(tokens)
    passage = written_out(Passage.of(text), "en")
    spoken, words, at = passage.said.split(), [], 0
    for index, one in enumerate(spoken):
        offset = passage.said.index(one, at)
        at = offset + len(one)
        if data.draw(st.booleans()):
            words.append(Word(one, index * 0.5, index * 0.5 + data.draw(st.floats(0.1, 0.5)), None, offset))
    found = told(passage, words, len(spoken) * 0.5)
    assert len(found) == sum(any(one.isalnum() for one in token) for token in tokens)
    moments = [moment for word in found for moment in (word.start_seconds, word.end_seconds)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(moments))
    assert all(word.text in text[word.text_offset :][: len(word.text)] for word in found)
