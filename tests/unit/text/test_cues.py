import itertools

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.text.cues import Cue, CueOptions, cues


def spoken(text: str, *, word_seconds: float = 0.4, pauses: dict[str, float] | None = None) -> Segment:
    """A segment whose words, without their punctuation, follow each other; after some of them there is a pause."""
    words, now = [], 0.0
    for word in text.split():
        bare = word.strip('.,!?";:')
        words.append(Word(bare, now, now + word_seconds))
        now += word_seconds + (pauses or {}).get(bare, 0.0)
    return Segment(text, 0.0, now, tuple(words))


def shown(cue: Cue) -> str:
    return " ".join(cue.lines)


def test_a_short_segment_is_one_cue() -> None:
    (cue,) = cues([Segment(" Hello world. ", 1.0, 2.0)])
    assert cue.lines == ("Hello world.",)
    assert 1.0 <= cue.start_seconds < cue.end_seconds <= 2.0


def test_an_empty_segment_is_none() -> None:
    assert list(cues([Segment("  ", 1.0, 2.0)])) == []


def test_two_lines_are_about_equally_long() -> None:
    (cue,) = cues([spoken("This is a sentence of about fifty characters, is it.", word_seconds=0.2)])
    assert cue.lines == ("This is a sentence of about", "fifty characters, is it.")


def test_a_long_segment_is_divided_behind_a_clause() -> None:
    first, second = cues(
        [
            spoken(
                "When the rain had stopped at last and the road was dry, we went on towards the sea without a word.",
                word_seconds=0.2,
            )
        ]
    )
    assert shown(first).endswith("dry,")
    assert shown(second).startswith("we went")


def test_a_long_segment_without_punctuation_is_divided_at_a_pause() -> None:
    text = "when the rain had stopped at last and the road was dry we went on towards the sea without a word"
    first, second = cues([spoken(text, word_seconds=0.2, pauses={"dry": 0.5})])
    assert shown(first).endswith("dry")
    assert second.start_seconds - first.end_seconds > 0.4


def test_no_cue_stays_too_long() -> None:
    parts = list(cues([spoken("one two three four five six seven eight", word_seconds=2.0)], CueOptions(longest_seconds=5)))
    assert [shown(cue) for cue in parts] == ["one two", "three four", "five six", "seven eight"]


def test_word_times_and_the_texts_own_punctuation_are_kept() -> None:
    text = 'He said: "Stop at once!" Then he left.'
    parts = list(cues([spoken(text)], CueOptions(characters_per_line=16, lines=1)))
    assert [shown(cue) for cue in parts] == ["He said:", '"Stop at once!"', "Then he left."]
    assert [(round(cue.start_seconds, 1), round(cue.end_seconds, 1)) for cue in parts] == [(0.0, 0.8), (0.8, 2.0), (2.0, 3.2)]


def test_words_that_are_not_in_the_text_are_not_believed() -> None:
    segment = Segment("twenty one", 0.0, 1.0, (Word("21", 0.0, 0.2),))
    assert [shown(cue) for cue in cues([segment])] == ["twenty one"]


def test_text_without_spaces_is_divided_too() -> None:
    parts = list(cues([Segment("今日は天気がいいです。" * 12, 0.0, 20.0)], CueOptions(characters_per_line=20)))
    assert len(parts) > 1
    assert "".join(line for cue in parts for line in cue.lines) == "今日は天気がいいです。" * 12
    assert all(cue.lines[-1].endswith("。") for cue in parts)


def test_cues_come_as_the_segments_come() -> None:
    taken: list[int] = []

    def source() -> itertools.chain[Segment]:
        def one(number: int) -> list[Segment]:
            taken.append(number)
            return [Segment("Hello.", number, number + 1.0)]

        return itertools.chain.from_iterable(one(number) for number in range(5))

    next(cues(source()))
    # The next is looked at, lest this one be a flash that belongs to it.
    assert taken == [0, 1]


texts = st.lists(
    st.sampled_from(["a", "word", "comma,", "end.", '"open', "incomprehensibilities", "你好，世界", "x" * 60]),
    min_size=1,
    max_size=40,
)


@given(texts, st.booleans(), st.floats(0.05, 3), st.builds(CueOptions, st.integers(5, 42), st.integers(1, 3), st.floats(1, 7)))
def test_cues_hold_every_letter_within_the_limits(words: list[str], timed: bool, word_seconds: float, options: CueOptions) -> None:
    text = " ".join(words)
    segment = spoken(text, word_seconds=word_seconds) if timed else Segment(text, 0.0, len(words) * word_seconds)
    parts = list(cues([segment], options))
    assert "".join("".join(cue.lines) for cue in parts).replace(" ", "") == text.replace(" ", "")
    edges = [edge for cue in parts for edge in (cue.start_seconds, cue.end_seconds)]
    assert edges == sorted(edges)
    for cue in parts:
        assert len(cue.lines) <= options.lines
        assert all(len(line) <= options.characters_per_line for line in cue.lines)


def lines(*segments: Segment) -> list[str]:
    return [shown(cue) for cue in cues(segments)]


def test_a_flash_goes_together_with_what_follows_it_closely() -> None:
    assert lines(Segment("Yes.", 0.0, 0.4), Segment("I think so.", 0.6, 2.0)) == ["Yes. I think so."]
    assert lines(Segment("I think so.", 0.0, 1.5), Segment("Yes.", 1.6, 1.9)) == ["I think so. Yes."]
    assert lines(Segment("对。", 0.0, 0.4), Segment("我想是的。", 0.5, 2.0)) == ["对。我想是的。"]


def test_a_flash_stays_alone_behind_a_pause_beside_another_speaker_and_where_both_do_not_fit() -> None:
    yes = Segment("Yes.", 0.0, 0.4, speaker="A")
    assert len(lines(yes, Segment("I think so.", 1.0, 3.0, speaker="A"))) == 2
    assert len(lines(yes, Segment("I think so.", 0.5, 3.0, speaker="B"))) == 2
    assert len(lines(yes, Segment("x" * 42 + " " + "y" * 41, 0.5, 5.0, speaker="A"))) == 2
    assert len(lines(yes, Segment("I think so.", 0.5, 7.5, speaker="A"))) == 2
    assert len(lines(Segment("Right.", 0.0, 1.2), Segment("I think so.", 1.3, 3.0))) == 2


def test_joined_words_keep_their_times() -> None:
    yes = Segment("Yes.", 0.0, 0.4, (Word("Yes", 0.0, 0.4),))
    sure = Segment("I do.", 0.6, 2.0, (Word("I", 0.6, 0.8), Word("do", 1.0, 2.0)))
    (cue,) = cues([yes, sure])
    assert (cue.start_seconds, cue.end_seconds, shown(cue)) == (0.0, 2.0, "Yes. I do.")


def test_what_does_not_fit_leaves_no_orphan() -> None:
    """Eight seconds: all but the last word would fit, and that one alone on the screen would be a flash."""
    said = spoken("And so my fellow citizens ask not what your country can do for you", word_seconds=8.0 / 14)
    first, second = cues([said])
    assert (shown(first), shown(second)) == ("And so my fellow citizens ask not", "what your country can do for you")
