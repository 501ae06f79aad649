import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.flite.spelling import spell
from voxhelm.text.scripts import letters_by_script


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Don’t “say” that…", 'Don\'t "say" that...'),
        ("café, e\u0301te\u0301, naïve", "cafe, ete, naive"),
        ("ﬁne Ａ１", "fine A1"),
        ("£5 — or €6", " pounds 5  -  or  euros 6"),
        ("Straße Łódź", "Strasse Lodz"),
        ("Đorđe, ısı, Ħamrun, Ɓ, ǣ, þing", "dorde, isi, hamrun, b, ae, thing"),
        ("one\x00two\x1b", "one two "),
        ("a\nb\tc", "a\nb c"),
        ("Hi Здравей", "Hi        "),
        ("\ud83d", " "),
    ],
)
def test_a_text_is_written_in_ascii(text, spelt):
    assert spell(text).text == spelt


def test_every_latin_letter_can_be_said():
    """Flite is given every sentence in Latin letters, and the stream of a text is cut by a sentence without a word."""
    letters = [letter for letter in map(chr, range(0x20000)) if "latin" in letters_by_script(letter)]
    assert len(letters) > 500
    assert [letter for letter in letters if not spell(letter).has_words] == []


@given(st.text(alphabet=st.characters()))
def test_every_character_knows_where_it_came_from(text):
    spelling = spell(text)
    assert spelling.text.isascii()
    assert len(spelling.origins) == len(spelling.text)
    assert list(spelling.origins) == sorted(spelling.origins)
    assert all(0 <= origin < len(text) for origin in spelling.origins)


def test_a_place_leads_back_to_the_text():
    text = "Yes… the ﬁne café"
    spelling = spell(text)
    start = spelling.text.index("fine")
    first, behind = spelling.origin_of(start, start + 4)
    assert text[first:behind] == "ﬁne"


@pytest.mark.parametrize(("text", "has_words"), [("Hi", True), ("1", True), ("Здравей", False), ("?!", False), ("", False)])
def test_whether_there_is_anything_to_say(text, has_words):
    assert spell(text).has_words is has_words
