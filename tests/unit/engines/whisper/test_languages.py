from faster_whisper.tokenizer import _LANGUAGE_CODES

from voxhelm.engines.whisper.languages import CANTONESE, LANGUAGES, own_code, usual_code


def test_they_are_those_of_the_library_by_their_usual_codes():
    assert {own_code(language) for language in (*LANGUAGES, CANTONESE)} == set(_LANGUAGE_CODES)


def test_none_stands_twice_and_english_is_first():
    assert len(set(LANGUAGES)) == len(LANGUAGES)
    assert LANGUAGES[0] == "en"


def test_every_code_comes_back_as_it_went():
    assert [usual_code(own_code(language)) for language in LANGUAGES] == list(LANGUAGES)
    assert (own_code("jv"), usual_code("jw"), own_code("bg")) == ("jw", "jv", "bg")
