import pytest

from voxhelm.text.say_as import interpreted, read_as
from voxhelm.text.ssml import parse_ssml


@pytest.mark.parametrize(
    ("text", "kind", "language", "said"),
    [
        ("NATO7", "characters", "en", "N, A, T, O, seven"),
        ("нато", "spell-out", "bg", "Н, А, Т, О"),
        ("1234", "cardinal", "en", "one thousand two hundred and thirty-four"),
        ("21", "ordinal", "en", "twenty-first"),
        ("21", "ordinal", "bg", "двадесет и първи"),
        ("1984", "digits", "en", "one nine eight four"),
        ("1984", "digits", "de", "1 9 8 4"),
        ("555 1234", "telephone", "en", "five five five, one two three four"),
        ("3/4/2024", "date", "en", "March fourth, twenty twenty-four"),
        ("3/4/2024", "date:dmy", "en", "April third, twenty twenty-four"),
        ("3.4.2024", "date", "bg", "трети април две хиляди двадесет и четвърта"),
        ("2024-04-03", "date", "en", "April third, twenty twenty-four"),
        ("5 May", "date:dmy", "en", "5 May"),
        ("99/99/2024", "date", "en", "99/99/2024"),
        ("17:05", "time", "en", "seventeen oh five"),
        ("$5", "currency", "en", "five dollars"),
        ("3/4", "fraction", "en", "three quarters"),
        ("many", "cardinal", "en", "many"),
        ("12", "cardinal", "de", "12"),
    ],
)
def test_a_kind_is_read_as_what_it_is(text, kind, language, said):
    assert read_as(text, kind, language) == said


def test_only_what_is_in_the_element_is_read_so():
    (part,) = parse_ssml("<speak>Room <say-as interpret-as='digits'>204</say-as> of 300</speak>")
    passage = interpreted(part.passage, "en")
    assert (passage.said, passage.written) == ("Room two zero four of 300", "Room 204 of 300")
