import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.errors import MarkupInvalid
from voxhelm.text.part import Pause, Say
from voxhelm.text.ssml import looks_like_ssml, parse_ssml


def said(text):
    return [part.seconds if isinstance(part, Pause) else part.passage.said for part in parse_ssml(text)]


@pytest.mark.parametrize(
    ("text", "is_ssml"),
    [
        ("<speak>Hi</speak>", True),
        ("\n  <speak version='1.1'>Hi</speak>", True),
        ("<?xml version='1.0'?><speak>Hi</speak>", True),
        ("<speaker>Hi", False),
        ("a < b and <speak>", False),
        ("<b>Hi</b>", False),
    ],
)
def test_only_a_text_that_begins_so_is_ssml(text, is_ssml):
    assert looks_like_ssml(text) is is_ssml


def test_breaks_are_silence():
    assert said("<speak>One<break time='500ms'/>two<break strength='weak'/>three<break/></speak>") == [
        "One",
        0.5,
        "two",
        0.2,
        "three",
        0.4,
    ]


def test_every_piece_knows_its_place_in_the_input():
    text = '<speak>Да &amp; <sub alias="World Wide Web">WWW</sub>, <phoneme ph="təˈmɑːtoʊ">tomato</phoneme> &#233;t</speak>'
    (part,) = parse_ssml(text)
    assert part.passage.said == "Да & World Wide Web, tomato ét"
    assert part.passage.written == "Да & WWW, tomato ét"
    assert [text[piece.begin : piece.end] for piece in part.passage.pieces] == [
        "Да ",
        "&amp;",
        " ",
        "WWW",
        ", ",
        "tomato",
        " ",
        "&#233;",
        "t",
    ]
    assert [piece.ipa for piece in part.passage.pieces if piece.ipa] == ["təˈmɑːtoʊ"]


def test_prosody_multiplies_and_ends_with_its_element():
    parts = parse_ssml("<speak>a<prosody rate='50%' volume='-6dB'>b<prosody rate='+100%'>c</prosody></prosody>d</speak>")
    assert [(part.passage.said, part.style.rate, round(part.style.gain, 3)) for part in parts] == [
        ("a", 1.0, 1.0),
        ("b", 0.5, 0.501),
        ("c", 1.0, 0.501),
        ("d", 1.0, 1.0),
    ]


def test_languages_and_voices_change_the_style():
    parts = parse_ssml("<speak xml:lang='en-GB'>a <lang xml:lang='bg-BG'>б</lang> <voice name='slt'>c</voice></speak>")
    assert [(part.style.language, part.style.voice) for part in parts if part.passage.said.strip()] == [
        ("en", None),
        ("bg", None),
        ("en", "slt"),
    ]


def test_paragraphs_and_sentences_end_where_their_elements_do():
    (part,) = parse_ssml("<speak><p><s>One</s><s>two</s></p> three\nfour</speak>")
    assert part.passage.said.split("\n") == ["", "", "One", "", "two", "", " three four"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<speak>Hi", "line 1, column 10"),
        ("<speak>\n <emphasis>Hi</emphasis></speak>", "line 2, column 2: <emphasis>"),
        ("<speak><prosody pitch='high'>Hi</prosody></speak>", "'pitch'"),
        ("<speak><prosody rate='9000%'>Hi</prosody></speak>", "rate='9000%'"),
        ("<speak><break time='5 hours'/></speak>", "time='5 hours'"),
        ("<speak><break time='31s'/>Hi</speak>", "30 s at once"),
        ("<speak>" + "<break time='30s'/>" * 31 + "Hi</speak>", "900 s is the most"),
        ("<speak><say-as interpret-as='poem'>Hi</say-as></speak>", "interpret-as='poem'"),
        ("<speak><say-as>Hi</say-as></speak>", "needs the attribute 'interpret-as'"),
        ("<speak><phoneme ph='[[h@l]]'>Hi</phoneme></speak>", "not written in IPA"),
        ("<speak><phoneme alphabet='x-sampa' ph='h'>Hi</phoneme></speak>", "x-sampa"),
        ("<speak><phoneme ph='a'/></speak>", "needs text"),
        ("<speak><sub alias=' '>Hi</sub></speak>", "empty alias"),
        ("<speak><sub alias='a'><s>b</s></sub></speak>", "cannot stand in <sub>"),
        ("<speak><voice>Hi</voice></speak>", "'name' or 'xml:lang'"),
        ("<speak><voice name='a'><speak/></voice></speak>", "<speak> is not supported"),
        ("<p>Hi</p>", "begins with <speak>"),
        ("<speak>AT&T</speak>", "not well-formed"),
        ("<speak>&nbsp;</speak>", "undefined entity"),
        ("<!DOCTYPE speak><speak>Hi</speak>", "document type"),
        ('<!DOCTYPE s [<!ENTITY a "b">]><speak>&a;</speak>', "document type"),
        ('<!DOCTYPE s SYSTEM "file:///etc/passwd"><speak>Hi</speak>', "document type"),
        ("<speak><?php echo?>Hi</speak>", "processing instruction"),
        ("<speak>" + "<p>" * 40 + "Hi" + "</p>" * 40 + "</speak>", "32 deep"),
        ("<speak>\ud800</speak>", "no character"),
    ],
)
def test_what_cannot_be_followed_is_named_with_its_place(text, told):
    with pytest.raises(MarkupInvalid) as error:
        parse_ssml(text)
    assert told in error.value.message
    assert error.value.param == "input"


@given(st.text("<>&;/ abspeak'\"=!-[]ё", max_size=60))
def test_any_text_is_followed_or_refused(text):
    try:
        parts = parse_ssml(f"<speak>{text}</speak>")
    except MarkupInvalid:
        return
    source = f"<speak>{text}</speak>"
    for part in parts:
        if isinstance(part, Say):
            for piece in part.passage.pieces:
                assert not piece.exact or source[piece.begin : piece.end] == piece.said
