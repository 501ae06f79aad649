import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.errors import TextEmpty, TextUnspeakable
from voxhelm.text.speakable import speakable


@pytest.mark.parametrize(
    "text", ["Hello, world.", "Добър ден!\nКак си?", "今日は", "é è ü", "naïve café", "1", "😀 yes", "می‌روم", "क्‍ष"]
)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert speakable(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\x00b", "a b"),
        ("a\tb", "a b"),
        ("a\x1bb\x7f", "a b "),
        ("a\r\nb", "a \nb"),
        ("a\rb\u2028c\x85d", "a\nb\nc\nd"),
        ("a\ud800b", "a b"),
        ("a\ue000b", "a b"),
        ("a\uffffb", "a b"),
        ("\ufeffHello you", " Hello you"),
        ("co\u00adop\u200ber\u2060ate. Yes", "cooperate.    Yes"),
        ("\u202eabc\u202c def", " abc  def"),
        ("w\u200cx", "wx "),
    ],
)
def test_what_no_voice_should_see_is_replaced(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\x00", "\u200b\ufeff", "\ud800", "\u3000"])
def test_blank_text_is_empty(text: str) -> None:
    with pytest.raises(TextEmpty) as raised:
        speakable(text)
    assert raised.value.param == "input"


@pytest.mark.parametrize("text", ["😀🎉", "...", "?!", "—", "👩‍👩‍👧", "\u0301"])
def test_text_without_letter_or_digit_is_unspeakable(text: str) -> None:
    with pytest.raises(TextUnspeakable):
        speakable(text)


# Letters, invisible characters, control characters and surrogates, mixed more densely than chance would.
wild = st.text(st.one_of(st.characters(), st.sampled_from("a б\u200b\u200d\u00ad\ufeff\n\r\x00\ud800\udc00")))


@given(wild)
def test_length_is_kept_and_every_word_begins_where_it_did(text: str) -> None:
    try:
        said = speakable(text)
    except (TextEmpty, TextUnspeakable):
        return
    assert len(said) == len(text)
    said.encode()
    assert speakable(said) == said
    for index, character in enumerate(text):
        if character.isalnum() and (index == 0 or text[index - 1].isspace()):
            assert said[index] == character
