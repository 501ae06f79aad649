"""Bulgarian as it is read: a library knows numbers with their genders, dates, sums and abbreviations; the rest is here."""

import re
from difflib import SequenceMatcher
from functools import cache
from typing import Any, Final

from voxhelm.text.addresses import ADDRESS, read_address
from voxhelm.text.passage import Edit
from voxhelm.text.rules import TELLING, Rule, edits_of, untouched

_TOKEN: Final = re.compile(r"\S+")
_SIGNS: Final = {
    ".": "точка", "/": "наклонена черта", "@": "кльомба", "-": "тире", "_": "долна черта", ":": "двоеточие", "?": "въпросителна",
    "=": "равно", "&": "и", "+": "плюс", "%": "процент", "#": "диез",
}  # fmt: skip
# What machines are measured in, in Latin letters as they are written, all masculine: one, and as many as are counted.
_UNITS: Final = {
    "GB": ("гигабайт", "гигабайта"), "ГБ": ("гигабайт", "гигабайта"), "MB": ("мегабайт", "мегабайта"), "МБ": ("мегабайт", "мегабайта"),
    "TB": ("терабайт", "терабайта"), "KB": ("килобайт", "килобайта"), "kB": ("килобайт", "килобайта"), "V": ("волт", "волта"),
    "W": ("ват", "вата"), "kW": ("киловат", "киловата"), "kWh": ("киловатчас", "киловатчаса"), "Hz": ("херц", "херца"),
    "kHz": ("килохерц", "килохерца"), "MHz": ("мегахерц", "мегахерца"), "GHz": ("гигахерц", "гигахерца"),
    "mAh": ("милиамперчас", "милиамперчаса"), "dB": ("децибел", "децибела"), "Mbps": ("мегабит в секунда", "мегабита в секунда"),
}  # fmt: skip
# Men, and people of whom some are, are counted with words of their own from two to six.
_OF_PERSONS: Final = {"2": "двама", "3": "трима", "4": "четирима", "5": "петима", "6": "шестима"}
_PERSONS: Final = (
    "мъже|души|човека|ученици|студенти|войници|приятели|братя|синове|лекари|учители|депутати|министри|играчи|работници|пътници"
    "|служители|граждани|жители|полицаи|журналисти|актьори|роднини|съседи|колеги|гости|кандидати|участници|пациенти|клиенти"
)
_UNIT: Final = "|".join(sorted(_UNITS, key=lambda name: -len(name)))


def edits_bg(text: str) -> list[Edit]:
    """What of `text` is to be said otherwise than it is written."""
    if not TELLING.search(text):
        return []
    own = edits_of(text, _RULES)
    library = [edit for begin, end in untouched(text, own) for edit in _library_edits(text[begin:end], begin)]
    return sorted([*own, *library], key=lambda edit: edit.begin)


def number_bg(digits: str, gender: str = "m") -> str:
    """`2`, `f` as "две". gender: m, f or n."""
    from bg_text_normalizer import bg_numbers

    convert: Any = bg_numbers.number_to_words_cardinal
    return str(convert(int(digits), gender=gender))


def spelt_bg(digits: str) -> str:
    """Digit by digit."""
    return " ".join(number_bg(digit) for digit in digits if digit.isdecimal())


def date_bg(day: str, month: str, year: str | None) -> str | None:
    """`05`, `3`, `1984` as "пети март хиляда деветстотин осемдесет и четвърта"; None when there is no such day."""
    from bg_text_normalizer import bg_dates

    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    convert: Any = bg_dates.normalize_date
    return str(convert(int(day), int(month), None if year is None else int(year)))


def ordinal_bg(digits: str) -> str:
    """`21` as "двадесет и първи"."""
    from bg_text_normalizer import bg_numbers

    convert: Any = bg_numbers.number_to_words_ordinal
    return str(convert(int(digits)))


def said_bg(text: str) -> str:
    """`text` as the library reads it."""
    return str(_normalizer().normalize(text))


@cache
def _normalizer() -> Any:
    from bg_text_normalizer import BulgarianTextNormalizer  # many texts hold nothing that it would change

    return BulgarianTextNormalizer(roman_numerals=True)


def _library_edits(text: str, begin: int) -> list[Edit]:
    """The library's reading, word against word, so that what it left alone keeps its place."""
    said = said_bg(text)
    if said == text:
        return []
    written, spoken = list(_TOKEN.finditer(text)), list(_TOKEN.finditer(said))
    matcher = SequenceMatcher(None, [one[0] for one in written], [one[0] for one in spoken], autojunk=False)
    edits = []
    for kind, first, last, start, stop in matcher.get_opcodes():
        if kind in ("equal", "insert"):
            continue
        # As many words as before: each stands for its own.
        pairs = last - first == stop - start
        groups = [(first + index, first + index + 1, start + index, start + index + 1) for index in range(last - first)]
        for one in groups if pairs else [(first, last, start, stop)]:
            words = " ".join(token[0] for token in spoken[one[2] : one[3]])
            edits.append(Edit(begin + written[one[0]].start(), begin + written[one[1] - 1].end(), words))
    return edits


def _measure(match: re.Match[str]) -> str:
    one, many = _UNITS[match[2]]
    whole, _, fraction = match[1].replace(",", ".").partition(".")
    number = number_bg(whole) + (f" цяло и {number_bg(fraction)}" if fraction else "")
    return f"{number} {one if match[1] == '1' else many}"


def _rule(pattern: str, say: Any) -> Rule:
    return Rule(re.compile(pattern), say)


_RULES: Final = (
    Rule(ADDRESS, lambda match: read_address(match, _SIGNS, number_bg)),
    _rule(r"(?<![\w.,-])(\d{4})-(\d\d)-(\d\d)(?![\w-])", lambda match: date_bg(match[3], match[2], match[1])),
    # Dates have points as well, but never so short a year; versions and addresses of machines do not end in one.
    _rule(
        r"(?<![\w.,])(?!\d{1,2}\.\d{1,2}\.\d{4}(?!\d))\d+(?:\.\d+){2,}(?![\w])(?!\.?\s*г\.)",
        lambda match: " точка ".join(map(number_bg, match[0].split("."))),
    ),
    _rule(
        r"(?<![\w.,:])(\d{1,3}):(\d)(?![\w:])",
        lambda match: f"{number_bg(match[1], 'n')} на {number_bg(match[2], 'n')}",
    ),
    _rule(rf"(?<![\w.,])(\d+(?:[.,]\d+)?)[\s ]?({_UNIT})(?!\w)", _measure),
    _rule(rf"(?<![\w.,:/-])([2-6])(?=\s+(?:{_PERSONS})\b)", lambda match: _OF_PERSONS[match[1]]),
    _rule(r"(?<=\d)\s?[x×х]\s?(?=\d)", lambda _match: " по "),
    _rule(r"(?<=\w)\s&\s(?=\w)", lambda _match: " и "),
    _rule(r"(?<=[\w)])\s([+=])\s(?=[\w(-])", lambda match: f" {_SIGNS[match[1]]} "),
)
