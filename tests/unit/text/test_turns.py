import pytest

from voxhelm.domain.segment import Segment
from voxhelm.domain.turn import Turn
from voxhelm.domain.word import Word
from voxhelm.text.turns import Interleaving, SpeakerTimeline, letters


def said(segments):
    return [(segment.speaker, segment.text) for segment in segments]


def two_words():
    return Segment("yes no", 0.0, 2.0, (Word("yes", 0.0, 0.9), Word("no", 1.1, 2.0)), tokens=(1, 2))


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_speakers_are_called_as_columns_are(number, name):
    assert letters(number) == name


def test_a_segment_waits_until_it_is_known_who_spoke():
    timeline = SpeakerTimeline(())
    assert timeline.push_turn(Turn(0.0, 5.0, "x")) == []
    assert timeline.push_segment(Segment("one", 0.0, 4.0)) == []
    assert timeline.push_segment(Segment("two", 6.0, 8.0)) == []
    assert said(timeline.push_turn(Turn(5.5, 9.0, "y"))) == [("A", "one")]
    assert said(timeline.end_turns()) == [("B", "two")]
    assert said(timeline.push_segment(Segment("three", 8.0, 8.5))) == [("B", "three")]


def test_a_segment_is_divided_between_words_where_the_speaker_changes():
    timeline = SpeakerTimeline(())
    timeline.push_turn(Turn(0.0, 1.0, "x"))
    timeline.push_turn(Turn(1.0, 2.0, "y"))
    timeline.end_turns()
    first, second = timeline.push_segment(two_words())
    assert said([first, second]) == [("A", "yes"), ("B", "no")]
    assert (first.end_seconds, second.start_seconds) == (0.9, 1.1)
    assert first.tokens == second.tokens == ()


def test_without_words_a_segment_is_of_who_speaks_most_in_it():
    timeline = SpeakerTimeline(())
    timeline.push_turn(Turn(0.0, 1.0, "x"))
    timeline.push_turn(Turn(1.0, 3.0, "y"))
    timeline.end_turns()
    assert said(timeline.push_segment(Segment("all", 0.0, 3.0))) == [("A", "all")]
    assert said(timeline.push_segment(Segment("more", 0.5, 3.0))) == [("A", "more")]


def test_names_are_kept_and_nobody_else_gets_one_of_them():
    timeline = SpeakerTimeline(("A", "Eva"))
    timeline.push_turn(Turn(0.0, 1.0, "Eva"))
    timeline.push_turn(Turn(1.0, 2.0, "spk0"))
    timeline.end_turns()
    assert said(timeline.push_segment(two_words())) == [("Eva", "yes"), ("B", "no")]


def test_what_is_said_outside_of_every_turn_is_of_the_nearest():
    timeline = SpeakerTimeline(())
    timeline.push_turn(Turn(0.0, 1.0, "x"))
    timeline.push_turn(Turn(20.0, 21.0, "y"))
    timeline.end_turns()
    assert said(timeline.push_segment(Segment("near", 2.0, 3.0))) == [("A", "near")]
    assert said(timeline.push_segment(Segment("far", 15.0, 16.0))) == [("B", "far")]


def test_where_nobody_has_a_turn_there_is_one_speaker():
    timeline = SpeakerTimeline(())
    timeline.end_turns()
    assert said(timeline.push_segment(two_words())) == [("A", "yes no")]


def test_thousands_of_turns_are_not_looked_through_for_every_word():
    timeline = SpeakerTimeline(())
    for number in range(2_000):
        timeline.push_turn(Turn(float(number), number + 1.0, f"s{number % 2}"))
    timeline.end_turns()
    speakers = [timeline.push_segment(Segment("x", number + 0.1, number + 0.9))[0].speaker for number in range(2_000)]
    assert speakers == ["A", "B"] * 1_000
    assert len(timeline._turns) < 5


def test_channels_are_interleaved_in_order_of_time():
    merged = Interleaving(("A", "B"))
    assert merged.push(0, Segment("one", 0.0, 1.0)) == []
    assert said(merged.push(1, Segment("two", 1.0, 2.0))) == [("A", "one")]
    assert said(merged.push(0, Segment("three", 3.0, 4.0))) == [("B", "two")]
    assert said(merged.end(1)) == [("A", "three")]
    assert said(merged.push(0, Segment("four", 5.0, 6.0))) == [("A", "four")]
    assert merged.end(0) == []
