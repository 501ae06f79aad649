import pytest

from voxhelm.engines.chatterbox.scripts import foreign_script, longest_sentence


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("Hello", "en", None),
        ("Привет", "ru", None),
        ("OpenAI", "ru", None),
        ("Привет", "en", "cyrillic"),
        ("カタカナと漢字", "ja", None),
        ("漢字", "ko", None),
        ("안녕", "zh", "hangul"),
        ("12:30!", "en", None),
        ("สวัสดี", "en", "thai"),
    ],
)
def test_letters_of_another_language_are_noticed(text, language, script):
    assert foreign_script(text, language) == script


def test_syllables_and_words_take_longer_than_letters():
    assert [longest_sentence(language, 240) for language in ("en", "ru", "zh", "ja", "ko")] == [240, 240, 80, 80, 80]
