from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.whisper.wording import LONGEST_SEGMENT_SECONDS, TimedWord, divided, within


def spoken(text: str, seconds_per_word: float = 1.0, pauses: dict[int, float] | None = None) -> list[TimedWord]:
    words, now = [], 0.0
    for index, word in enumerate(text.split()):
        now += (pauses or {}).get(index, 0.0)
        words.append(TimedWord(f" {word}", now, now + seconds_per_word, 1.0, (index,)))
        now += seconds_per_word
    return words


def texts(parts) -> list[str]:
    return ["".join(word.text for word in part).strip() for part in parts]


def test_a_short_one_stays_whole():
    words = spoken("One. Two. Three.")
    assert list(divided(words)) == [words]


def test_a_long_one_is_cut_behind_the_sentence_nearest_to_its_middle():
    words = spoken("One. Two three four five six. Seven eight, nine ten eleven twelve.")
    assert texts(divided(words)) == ["One. Two three four five six.", "Seven eight, nine ten eleven twelve."]


def test_without_a_sentence_a_clause_is_the_place():
    words = spoken("one two three four, five six seven eight nine ten eleven twelve")
    assert texts(divided(words)) == ["one two three four,", "five six seven eight nine ten eleven twelve"]


def test_without_a_clause_a_pause_is_the_place():
    words = spoken("one two three four five six seven eight nine ten", pauses={3: 0.6})
    assert texts(divided(words)) == ["one two three", "four five six seven eight nine ten"]


def test_a_word_longer_than_all_is_left_alone():
    words = spoken("aaah", seconds_per_word=20)
    assert list(divided(words)) == [words]


@given(st.lists(st.sampled_from(["one", "two,", "three.", "four"]), min_size=1, max_size=60), st.floats(0.05, 3))
def test_every_word_is_in_one_part_and_no_part_is_too_long(words, seconds_per_word):
    said = spoken(" ".join(words), seconds_per_word)
    parts = list(divided(said))
    assert [word for part in parts for word in part] == said
    for part in parts:
        assert len(part) == 1 or part[-1].end_seconds - part[0].start_seconds <= LONGEST_SEGMENT_SECONDS


times = st.floats(-5, 40, allow_nan=False)


@given(st.lists(st.tuples(times, times), max_size=20), st.tuples(times, times).map(sorted))
def test_times_are_brought_into_order_and_into_the_stretch(moments, stretch):
    words = [TimedWord(" a", start, end, 0.5, (1,)) for start, end in moments]
    kept = within(words, *stretch)
    assert len(kept) == len(words)
    flat = [moment for word in kept for moment in (word.start_seconds, word.end_seconds)]
    assert all(left <= right for left, right in pairwise(flat))
    assert all(stretch[0] <= moment <= stretch[1] for moment in flat)


def test_times_that_are_in_order_stay_as_they_are():
    words = spoken("one two three")
    assert within(words, 0, 3) == words
