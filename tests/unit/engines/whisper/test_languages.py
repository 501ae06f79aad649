import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from voxhelm.engines.whisper.languages import CANTONESE, LANGUAGES, among, own_code, settled, usual_code


def test_they_are_those_of_the_library_by_their_usual_codes():
    assert {own_code(language) for language in (*LANGUAGES, CANTONESE)} == set(_LANGUAGE_CODES)


def test_none_stands_twice_and_english_is_first():
    assert len(set(LANGUAGES)) == len(LANGUAGES)
    assert LANGUAGES[0] == "en"


def test_every_code_comes_back_as_it_went():
    assert [usual_code(own_code(language)) for language in LANGUAGES] == list(LANGUAGES)
    assert (own_code("jv"), usual_code("jw"), own_code("bg")) == ("jw", "jv", "bg")


RANKED = (("en", 0.5), ("bg", 0.3), ("de", 0.2))


def test_only_what_comes_into_question_is_weighed():
    assert among(RANKED, ()) == RANKED
    assert among(RANKED, ("de", "bg")) == (("bg", pytest.approx(0.6)), ("de", pytest.approx(0.4)))
    assert among(RANKED, ("fr",)) == ()


def test_a_speaker_changes_the_language_only_where_it_is_sure():
    assert settled(RANKED, None) == ("en", 0.5)
    assert settled(RANKED, "bg") == ("bg", 0.3)
    assert settled((("en", 0.9), ("bg", 0.1)), "bg") == ("en", 0.9)
    assert settled((("en", 0.7), ("bg", 0.3)), "en") == ("en", 0.7)
