import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.sentences import split_sentences


def split(text: str, language: str | None = "en", **limits: int) -> list[str]:
    sentences = list(split_sentences(text, language=language, **limits))
    for sentence in sentences:
        assert text[sentence.offset : sentence.offset + len(sentence.text)] == sentence.text
    return [sentence.text for sentence in sentences]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It is 3.5 km.", "Mr. J. K. Rowling came at 5 p.m. sharp.", "What?!", "Yes…"],
        ["See https://a.b/c?X=1.2&Y=Z.D for more.", "Write to John.Smith@Example.Com today.", "Done."],
        ["Ms. Smith has approx. 5 left.", "On Mon. 5 people came, see Fig. 3 on p. 12.", "End."],
        ["I take vitamin C.", "The rest is food."],
        ["1. First item.", "2. Second item."],
        ['He said "Stop."', "Then he left."],
    ],
)
def test_english_sentences(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Това е т.нар. проблем.", "Край."],
        ["Живея на ул. Шипка 5.", "Той живее в ж.к. Младост, бл. 5, вх. 2, ет. 3, ап. 4."],
        ["През 1990 г. той се роди.", "През 2024 г. България прие закона."],
        ["Имаше напр. Петър и др. хора.", "Купих хляб и т.н. и си тръгнах."],
        ["Проф. Иванов и д-р Петров дойдоха.", "Доц. Колева, акад. Попов и инж. Стоев също."],
        ["Той е на ок. 5 години, т.е. малък.", "Вж. стр. 5 и чл. 3, ал. 2."],
        ["И. Вазов е писател.", "Дж. К. Роулинг и Хр. Ботев също."],
        ["Струва 5 лв. и 20 ст. общо.", "Купих хляб, мляко и т.н.", "Тръгнах си."],
    ],
)
def test_bulgarian_abbreviations_end_no_sentence(sentences: list[str]) -> None:
    assert split(" ".join(sentences), "bg") == sentences


def test_initials_end_no_sentence_in_any_language() -> None:
    assert split("А. С. Пушкин писал. Да.", "ru") == ["А. С. Пушкин писал.", "Да."]
    assert split("J. K. Rowling wrote it. Yes.", None) == ["J. K. Rowling wrote it.", "Yes."]


def test_scripts_without_spaces_are_split_too() -> None:
    assert split("你好。我叫王。再见！", "zh") == ["你好。", "我叫王。", "再见！"]


@pytest.mark.parametrize("language", [None, "", "xx", "bg-BG", "pt_BR", "EN"])
def test_any_language_tag_will_do(language: str | None) -> None:
    assert split("Hello there. World.", language) == ["Hello there.", "World."]


def test_line_breaks_end_sentences_and_lines_without_words_are_left_out() -> None:
    assert split("A title\n\n***\r\n  First line \n... \n😀\nlast\u2028line") == ["A title", "First line", "last", "line"]


@pytest.mark.parametrize("text", ["", " ", "...", "\n\n", "😀 😀", "?!"])
def test_text_without_words_has_no_sentences(text: str) -> None:
    assert split(text) == []


def test_a_long_sentence_is_cut_behind_a_clause() -> None:
    text = "When the rain had stopped at last, and the road was dry again, we went on towards the sea"
    assert split(text, longest_characters=70) == [
        "When the rain had stopped at last, and the road was dry again,",
        "we went on towards the sea",
    ]


def test_a_long_sentence_without_clauses_is_cut_at_a_space() -> None:
    assert split("alpha beta gamma delta epsilon", longest_characters=12) == ["alpha beta", "gamma delta", "epsilon"]


def test_a_decimal_comma_is_no_clause() -> None:
    assert split("one two three 4,5 six seven", longest_characters=20) == ["one two three 4,5", "six seven"]


def test_text_without_any_break_is_cut_anywhere_but_not_between_letter_and_accent() -> None:
    assert split("a" * 25, longest_characters=10) == ["a" * 10, "a" * 10, "a" * 5]
    assert split("e\u0301" * 9, longest_characters=9) == ["e\u0301" * 4, "e\u0301" * 4, "e\u0301"]


def test_the_first_sentence_comes_without_reading_the_rest() -> None:
    class Counted(str):
        """Text that knows how much of it was looked at."""

        taken = 0

        def __getitem__(self, key: object) -> str:
            piece = str.__getitem__(self, key)  # type: ignore[index]
            Counted.taken += len(piece)
            return piece

    text = Counted("This is a sentence. " * 50_000)
    assert next(split_sentences(text, language="en")).text == "This is a sentence."
    assert Counted.taken < 10_000


@pytest.mark.parametrize("unit", ["a", "a,", "中", "word ", "т.нар. ", '"a. ', "A. ", "1. ", "e\u0301", "\u200d", "."])
def test_very_long_lines_lose_nothing(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    said = "".join(character for sentence in split(text) for character in sentence if character.isalnum())
    assert said == "".join(character for character in text if character.isalnum())


pieces = st.sampled_from(
    [
        "a",
        "Б",
        "7",
        ".",
        "!",
        "?",
        ",",
        ";",
        " ",
        "  ",
        "\n",
        "\r\n",
        "г.",
        "т.н.",
        "J.",
        "Mr.",
        "...",
        "…",
        "。",
        "中",
        '"',
        "(",
        ")",
        "—",
        "\u0301",
        "\ud800",
        "😀",
        "://",
    ]
)


@given(st.lists(pieces, max_size=80).map("".join), st.sampled_from(["en", "bg", "zh", None]), st.integers(1, 30))
def test_sentences_are_exact_slices_in_order_that_hold_every_letter(text: str, language: str | None, longest: int) -> None:
    sentences = list(split_sentences(text, language=language, longest_characters=longest))
    for sentence in sentences:
        assert text[sentence.offset : sentence.offset + len(sentence.text)] == sentence.text
        assert sentence.text == sentence.text.strip()
        assert 0 < len(sentence.text) <= longest
    for before, after in itertools.pairwise(sentences):
        assert before.offset + len(before.text) <= after.offset
    covered = {index for sentence in sentences for index in range(sentence.offset, sentence.offset + len(sentence.text))}
    assert all(index in covered for index, character in enumerate(text) if character.isalnum())


@given(st.text(max_size=300), st.sampled_from(["en", "bg", "ja", None]))
def test_no_text_is_too_strange(text: str, language: str | None) -> None:
    split(text, language)
