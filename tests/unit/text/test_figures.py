"""Numbers, dates, sums, units and abbreviations as they are read, in English and Bulgarian."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voxhelm.text.figures import written_out
from voxhelm.text.passage import Passage


def read(text, language):
    return written_out(Passage.of(text), language).said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It cost $12.50, not £3.99.", "It cost twelve dollars and fifty cents, not three pounds and ninety-nine pence."),
        ("€1 million, $1.01 and $5-10", "one million euros, one dollar and one cent and five to ten dollars"),
        ("20 USD or 1 EUR", "twenty dollars or one euro"),
        ("In 1984 he had 1984 books.", "In nineteen eighty-four he had one thousand nine hundred and eighty-four books."),
        ("from 1914-18 to the 1990s", "from nineteen fourteen to eighteen to the nineteen nineties"),
        ("At 3:30 pm and 15:05.", "At three thirty P M and fifteen oh five."),
        ("It ended at 5 p.m.", "It ended at five P M."),
        ("-5°C, 10 km, 1 kg", "minus five degrees Celsius, ten kilometers, one kilogram"),
        ("60 mph, 2.5 GB", "sixty miles per hour, two point five gigabytes"),
        ("the 1st, 22nd and 103rd", "the first, twenty-second and one hundred and third"),
        ("1/2 cup, 2 3/4 cups, ½", "one half cup, two and three quarters cups, one half"),
        ("on 2024-03-12", "on March twelfth, twenty twenty-four"),
        ("March 5, 2024", "March fifth, twenty twenty-four"),
        ("5 March 1984", "fifth of March, nineteen eighty-four"),
        ("31.12.1999", "December thirty-first, nineteen ninety-nine"),
        ("Dr. Smith and Mrs. Jones, etc.", "Doctor Smith and Missus Jones, et cetera."),
        ("at St. Mary near Main St.", "at Saint Mary near Main Street."),
        ("e.g. this vs. that", "for example this versus that"),
        ("Call 555-1234.", "Call five five five, one two three four."),
        ("version 3.11.7", "version three point eleven point seven"),
        ("they won 3:2", "they won three to two"),
        ("5% of 1,234,567", "five percent of one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ("World War II and Henry VIII", "World War two and Henry the eighth"),
        ("R&D, No. 5, #7", "R and D, number five, number seven"),
        ("2 + 2 = 4", "two plus two equals four"),
        ("see https://example.com/a-b.", "see example dot com slash a dash b."),
        ("mail joe@example.org!", "mail joe at example dot org!"),
        ("007", "zero zero seven"),
        ("B2B, MP3, 4K", "B2B, MP3, 4K"),
        ("I am OK. Vitamin C.", "I am OK. Vitamin C."),
    ],
)
def test_english_is_written_out(text, said):
    assert read(text, "en") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Имам 2 книги и 1 дете.", "Имам две книги и едно дете."),
        ("2 мъже и 2 жени", "двама мъже и две жени"),
        (
            "На 15.02.2026 г. в 14:30 ч.",
            "На петнадесети февруари две хиляди двадесет и шеста година в четиринадесет и тридесет часа.",
        ),
        ("2024-03-02", "втори март две хиляди двадесет и четвърта"),
        ("5,40 лв. и 21 лв.", "пет лева и четиридесет стотинки и двадесет и един лева."),
        ("€20 и $100", "двадесет евро и сто долара"),
        ("2 кг, 60 км/ч, -5°C", "два килограма, шестдесет километра в час, минус пет градуса"),
        ("220V, 500 GB, 1 MB", "двеста и двадесет волта, петстотин гигабайта, един мегабайт"),
        ("21-ви век, 3-та улица, 1-во място", "двадесет и първи век, трета улица, първо място"),
        ("50% и 3/4", "петдесет процента и три четвърти"),
        ("ул. „Раковски“ № 12, ет. 3", "улица „Раковски“ номер дванадесет, етаж три"),
        ("г-н Иванов и д-р Петрова", "господин Иванов и доктор Петрова"),
        ("Версия 3.11.7", "Версия три точка единадесет точка седем"),
        ("резултат 3:2", "резултат три на две"),
        ("XX век", "двадесети век"),
        (
            "1 234 567,89 лв.",
            "един милион двеста тридесет и четири хиляди петстотин шестдесет и седем лева и осемдесет и девет стотинки.",
        ),
        ("пише на ivan@example.com", "пише на ivan кльомба example точка com"),
        ("Тук няма нищо особено.", "Тук няма нищо особено."),
    ],
)
def test_bulgarian_is_written_out_with_its_genders(text, said):
    assert read(text, "bg") == said


def test_other_languages_are_left_to_their_voices():
    assert read("Das kostet 12,50 €.", "de") == "Das kostet 12,50 €."


@pytest.mark.parametrize(
    ("text", "language"), [("We paid $12.50 to Dr. Smith on 5 May.", "en"), ("На 15.02.2026 г. дадох 2 лв.", "bg")]
)
def test_what_was_written_is_kept(text, language):
    assert written_out(Passage.of(text), language).written == text


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789.,:/-–%$€ kmGBTM°CIVXLабгл№#@+=()'\n", max_size=40), st.sampled_from(["en", "bg"]))
def test_any_figures_are_read_without_harm(text, language):
    passage = written_out(Passage.of(text), language)
    assert passage.written == text
