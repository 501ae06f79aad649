import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.word import Word
from voxhelm.realtime.word_spans import WordSpans


def words(text, seconds_per_character=0.1):
    found, offset = [], 0
    for token in text.split():
        offset = text.index(token, offset)
        found.append(Word(token, offset * seconds_per_character, (offset + len(token)) * seconds_per_character, None, offset))
        offset += len(token)
    return found


def test_a_word_is_told_when_the_next_one_is_known():
    spans = WordSpans(" ", "Hello, you there.", 1_000.0)
    first, second, third = words("Hello, you there.")
    assert spans.take([first]) == ()
    (hello,) = spans.take([second])
    assert (hello.text, hello.start_ms, hello.end_ms) == (" Hello, ", 1_000.0, 1_600.0)
    (you,) = spans.take([third])
    assert you.text == "you "
    (there,) = spans.finish(1_700.0)
    assert there.text == "there."


def test_where_no_word_is_told_the_letters_share_the_sound():
    spans = WordSpans("", "one three", 500.0).finish(900.0)
    assert [(span.text, span.start_ms, span.end_ms) for span in spans] == [("one ", 500.0, 900.0), ("three", 900.0, 1_400.0)]
    assert all(span.estimated for span in spans)


def test_a_word_told_twice_or_without_a_place_counts_once():
    spans = WordSpans("", "a b", 0.0)
    a, b = words("a b")
    told = [*spans.take([a, a, Word("x", 0.0, 1.0)]), *spans.take([b, a]), *spans.finish(1.0)]
    assert [span.text for span in told] == ["a ", "b"]


@pytest.mark.parametrize("before", ["", " "])
@given(text=st.text(alphabet="ab ,.\n", min_size=1).filter(lambda text: text.strip()), known=st.data())
def test_the_spans_make_the_text(before, text, known):
    every = words(text)
    told = known.draw(
        st.lists(st.sampled_from(every), unique_by=lambda word: word.text_offset).map(lambda some: sorted(some, key=every.index))
    )
    spans = WordSpans(before, text, 0.0)
    made = [*spans.take(told), *spans.finish(1_000.0)]
    assert "".join(span.text for span in made) == before + text
