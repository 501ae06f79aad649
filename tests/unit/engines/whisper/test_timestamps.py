import pytest

from voxhelm.engines.whisper.timestamps import Span, read_timestamps

FIRST = 1000


def at(seconds: float) -> int:
    return FIRST + round(seconds / 0.02)


def read(*tokens: int, duration_seconds: float = 10.0):
    return read_timestamps(tokens, first_timestamp=FIRST, duration_seconds=duration_seconds)


def test_moments_divide_the_text():
    writing = read(at(0), 1, 2, at(2), at(2.5), 3, at(4))
    assert writing.spans == (Span(0, 2.0, (1, 2)), Span(2.5, 4.0, (3,)))
    assert writing.unheard_from_seconds is None


def test_text_without_moments_lasts_as_long_as_the_window():
    assert read(1, 2).spans == (Span(0, 10, (1, 2)),)


def test_nothing_is_nothing():
    assert read().spans == ()
    assert read(at(0), at(0)).spans == ()


def test_text_that_has_no_end_is_heard_again_from_where_it_begins():
    writing = read(at(0), 1, at(6), at(6), 2)
    assert writing.spans == (Span(0, 6, (1,)),)
    assert writing.unheard_from_seconds == pytest.approx(6)


def test_a_beginning_without_text_is_heard_again_too():
    assert read(at(0), 1, at(6), at(6)).unheard_from_seconds == pytest.approx(6)


def test_one_moment_at_the_end_means_that_nobody_speaks_after_it():
    assert read(at(0), 1, at(6)).unheard_from_seconds is None


def test_a_remainder_too_short_to_be_heard_again_is_kept():
    writing = read(at(0), 1, at(9.2), at(9.2), 2)
    assert [(span.end_seconds, span.tokens) for span in writing.spans] == [(pytest.approx(9.2), (1,)), (10, (2,))]
    assert writing.unheard_from_seconds is None


def test_a_window_is_never_heard_again_from_its_beginning():
    writing = read(at(0), at(0.5), 1)
    assert writing.unheard_from_seconds is None
    assert writing.spans == (Span(0.5, 10, (1,)),)


def test_what_lies_behind_the_end_of_the_sound_was_invented():
    writing = read(at(0), 1, at(12), at(13), 2, at(14))
    assert writing.spans == (Span(0, 10, (1,)),)


def test_what_takes_no_time_was_invented():
    assert read(at(1), 1, at(1), at(2), 2, at(3)).spans == (Span(2, 3, (2,)),)
