import pytest

from voxhelm.domain.segment import Segment
from voxhelm.text.transcript import ParagraphOptions, RunningText, joined, separator


def segments(*texts: str) -> list[Segment]:
    return [Segment(text, float(number), number + 1.0) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        ([], ""),
        (["Hello"], "Hello"),
        ([" Hello", " world. ", "Yes."], "Hello world. Yes."),
        (["Hello", "", "  ", "world"], "Hello world"),
        (["Hello", ", world"], "Hello, world"),
        (["你好。", "再见"], "你好。再见"),
        (["今日は", "です"], "今日はです"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["Добър", "ден"], "Добър ден"),
    ],
)
def test_segments_are_joined_as_their_language_writes(texts: list[str], whole: str) -> None:
    assert joined(segments(*texts)) == whole


def test_nothing_separates_what_is_not_there() -> None:
    assert separator("", "a") == separator("a", "") == ""
    assert separator("a", "b") == " "


def test_a_long_pause_and_another_speaker_begin_a_paragraph_when_paragraphs_are_wanted() -> None:
    said = [Segment("One.", 0.0, 1.0), Segment("Two.", 1.5, 2.0), Segment("", 2.5, 2.6), Segment("Three.", 4.0, 5.0)]
    said += [Segment("Four.", 5.0, 6.0, speaker="B")]
    assert joined(said, ParagraphOptions(2.0)) == "One. Two.\n\nThree.\n\nFour."
    assert joined(said) == "One. Two. Three. Four."


def test_the_pieces_of_a_running_text_are_the_text() -> None:
    said = segments("Hello", "", "world", ".")
    running = RunningText()
    assert "".join(running.push(one) for one in said) == joined(said) == "Hello world."
