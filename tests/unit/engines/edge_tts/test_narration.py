import pytest

from tests.edge_service import tone_frames
from voxhelm.domain.errors import EngineFailed
from voxhelm.engines.edge_tts.narration import narrate
from voxhelm.engines.edge_tts.service import Boundary

FRAMES = tone_frames()


def sound(seconds):
    return b"".join(FRAMES[number % len(FRAMES)] for number in range(round(seconds / 0.024)))


def narrated(messages, text, stretch=1.0):
    pieces = list(narrate(iter(messages), text, stretch))
    return sum(piece.pcm.duration_seconds for piece in pieces), [word for piece in pieces for word in piece.words]


def test_words_are_found_again_in_the_text():
    text = "One, two; one more."
    told = [Boundary(word, start, start + 0.4) for word, start in [("One", 0.0), ("two", 0.5), ("one", 1.0), ("more", 1.5)]]
    seconds, words = narrated([*told, sound(2.4)], text)
    assert seconds == pytest.approx(2.4, abs=0.1)
    assert [(word.text, word.text_offset) for word in words] == [("One", 0), ("two", 5), ("one", 10), ("more", 14)]


def test_a_word_that_is_not_in_the_text_is_left_out_and_confuses_nobody():
    _, words = narrated([Boundary("three", 0.0, 0.3), Boundary("", 0.3, 0.3), Boundary("kings", 0.4, 0.8), sound(1.2)], "3 kings")
    assert [(word.text, word.text_offset) for word in words] == [("kings", 2)]


def test_stretching_moves_the_words_along():
    seconds, words = narrated([Boundary("slow", 1.0, 1.5), sound(2.4)], "slow", 0.5)
    assert seconds == pytest.approx(4.8, rel=0.05)
    assert (words[0].start_seconds, words[0].end_seconds) == (2.0, 3.0)


def test_a_word_ends_where_the_next_begins_and_all_within_the_sound():
    _, (left, right) = narrated([Boundary("left", 0.0, 0.7), Boundary("right", 0.5, 99.0), sound(1.2)], "left right")
    assert left.end_seconds == 0.5
    assert right.end_seconds <= 1.3


@pytest.mark.parametrize("messages", [[], [b"no music " * 500], [Boundary("word", 0.0, 0.1)]])
def test_what_is_no_sound_is_told(messages):
    with pytest.raises(EngineFailed, match="no sound"):
        narrated(messages, "word")
