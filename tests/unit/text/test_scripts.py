import pytest

from voxhelm.text.scripts import UNFAMILIAR, letters_by_script


def test_the_script_with_the_most_letters_comes_first():
    assert list(letters_by_script("Добър ден, world")) == ["cyrillic", "latin"]


@pytest.mark.parametrize("text", ["", "12 ½ ² ³ Ⅳ ①", "...!?", "🎉", "\u0301\u0302", "№ € °"])
def test_signs_and_numerals_are_no_letters(text):
    assert letters_by_script(text) == {}


@pytest.mark.parametrize("text", ["ᥪ", "ᚠᚢᚦ", "𐌰𐌱", "ㅋㅋ", "ߒߞߏ"])
def test_letters_of_a_script_without_a_name_here_are_counted_all_the_same(text):
    assert letters_by_script(text) == {UNFAMILIAR: len(text)}


@pytest.mark.parametrize(("text", "script"), [("ไอ เอา แก้ไข", "thai"), ("ໄປ ເອົາ", "lao")])
def test_vowels_that_stand_alone_are_letters_of_their_script(text, script):
    assert set(letters_by_script(text)) == {script}
