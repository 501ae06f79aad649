from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.text.notated import notate

TEXT = "A tomato [[x]] is a tomato."


def test_sounds_stand_in_place_of_words_and_brackets_of_the_callers_are_none():
    notated = notate(TEXT, [Pronunciation(2, 8, "tə"), Pronunciation(20, 26, "tɑ")], str.upper)
    assert notated.text == "A [[TƏ]]   x]] is a [[TⱭ]]."
    assert notated.has_sounds
    for word, written in (("A", "A"), ("[[TƏ]]", "tomato"), ("is", "is"), ("[[TⱭ]]", "tomato"), (".", ".")):
        begin = notated.text.index(word)
        first, last = notated.span(begin, begin + len(word))
        assert TEXT[first:last] == written
        assert notated.origin(begin) == first


def test_sounds_that_have_no_notation_are_left_to_the_engine():
    notated = notate(TEXT, [Pronunciation(2, 8, "ʘ")], lambda _ipa: None)
    assert (notated.text, notated.has_sounds) == (TEXT, False)
    assert notated.origin(9) == 9
    assert notated.span(2, 8) == (2, 8)
