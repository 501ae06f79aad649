import pytest

from voxhelm.domain.errors import MarkupInvalid, TextUnspeakable
from voxhelm.text.markup import InputType, parse
from voxhelm.text.part import Pause
from voxhelm.text.tags import parse_tags


def parts(text):
    return [part.seconds if isinstance(part, Pause) else (part.style.voice, part.passage.said) for part in parse_tags(text)]


def test_pauses_stand_between_what_is_said():
    assert parts("One [pause:1s] two[pause: 250ms ]three [PAUSE:1.5]") == [
        (None, "One "),
        1.0,
        (None, " two"),
        0.25,
        (None, "three "),
        1.5,
    ]


def test_a_voice_speaks_until_the_next_is_named():
    assert parts("Hi [voice:slt] there\n[voice:a/b c] you [voice:auto] all") == [
        (None, "Hi "),
        ("slt", " there\n"),
        ("a/b c", " you "),
        (None, " all"),
    ]


@pytest.mark.parametrize("text", ["[pause]", "[pause:please]", "[voice:]", "[pauses:1s]", "[1](pause:1s)", "a [b] c"])
def test_what_only_looks_like_a_tag_is_text(text):
    assert parts(text) == [(None, text)]


def test_places_are_those_of_the_input():
    text = "One [pause:1s] two [voice:x] three"
    for part in parse_tags(text):
        if not isinstance(part, Pause):
            (piece,) = part.passage.pieces
            assert text[piece.begin : piece.end] == piece.said


def test_a_pause_that_is_too_long_is_refused_with_its_place():
    with pytest.raises(MarkupInvalid, match=r"'\[pause:31s\]' at character 4"):
        parse_tags("Hi [pause:31s]")


def test_to_the_letter_means_tags_and_ssml_too():
    for text in ("[pause:1s] hi", "<speak>hi</speak>"):
        (part,) = parse(text, InputType.TEXT)
        assert part.passage.said == text


def test_nothing_but_markup_is_nothing_to_say():
    for text in ("[pause:1s]", "<speak><break/></speak>", "<speak>...</speak>"):
        with pytest.raises(TextUnspeakable):
            parse(text, InputType.AUTO)
