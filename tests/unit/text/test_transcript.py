import pytest

from voxhelm.domain.segment import Segment
from voxhelm.text.transcript import joined, separator


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
