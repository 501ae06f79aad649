"""Which words were heard."""

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.realtime.spans import Span, completed, heard_spans, heard_text

WORDS = st.lists(st.sampled_from(["a", "word", "longer", "words,", "end."]), min_size=1, max_size=12)


def test_a_word_counts_when_it_was_heard_to_its_end():
    spans = (Span("one ", 0, 100), Span("two", 100, 200))
    assert [heard_text(spans, ms) for ms in (0, 99, 100, 199, 200)] == ["", "", "one", "one", "one two"]
    assert heard_spans(spans, 150) == spans[:1]


def test_what_an_engine_left_out_lies_between_its_neighbours():
    spans = (Span("one ", 0, 100), Span("four", 300, 400))
    whole = completed(spans, "one two three four", 400)
    assert "".join(span.text for span in whole) == "one two three four"
    assert [span.estimated for span in whole] == [False, True, True, False]
    assert whole[1].start_ms == 100
    assert whole[2].end_ms == 300


def test_what_was_told_and_not_made_yet_is_laid_out_at_the_pace_of_speech():
    whole = completed((), "a sentence of which hardly anything has been made", 100)
    assert heard_text(whole, 100) == ""


@given(
    words=WORDS, known=st.lists(st.booleans(), min_size=12, max_size=12), sound_ms=st.floats(0, 5000), heard_ms=st.floats(0, 6000)
)
def test_the_spans_make_the_transcript_and_what_was_heard_begins_it(words, known, sound_ms, heard_ms):
    transcript = " ".join(words)
    texts = [f"{word} " for word in words[:-1]] + words[-1:]
    spans = tuple(Span(text, i * 200.0, (i + 1) * 200.0) for i, text in enumerate(texts) if known[i])
    whole = completed(spans, transcript, sound_ms)
    assert "".join(span.text for span in whole) == transcript
    assert all(span.start_ms <= span.end_ms for span in whole)
    assert transcript.startswith(heard_text(whole, heard_ms))
