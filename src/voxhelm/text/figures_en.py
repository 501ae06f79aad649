"""English as it is read: numbers, dates, times, sums of money, units, abbreviations."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from voxhelm.text.addresses import ADDRESS, read_address
from voxhelm.text.number_words import cardinal, ordinal, spelt, year
from voxhelm.text.passage import Edit
from voxhelm.text.rules import TELLING, Rule, edits_of
from voxhelm.text.tables_en import (
    ABBREVIATIONS,
    CURRENCIES,
    DENOMINATORS,
    MONTHS,
    NUMBERED,
    SCALES,
    SIGNS,
    UNITS,
)

_N: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_START: Final = r"(?<![\w.,])"
_END: Final = r"(?![\w]|[.,]\d)"
_MONTH: Final = "|".join(sorted(MONTHS, key=lambda name: -len(name)))
_ROMAN: Final[Mapping[str, int]] = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NOT_PLURAL: Final = frozenset("is was has as its this us does thus plus across always perhaps".split())  # noqa: SIM905


def edits_en(text: str) -> list[Edit]:
    """What of `text` is to be said otherwise than it is written."""
    return edits_of(text, _RULES) if TELLING.search(text) else []


def date_en(day: int, month: int, year_digits: str | None) -> str | None:
    """`5, 3, "1984"` as "March fifth, nineteen eighty-four"; None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = f"{_MONTH_NAMES[month]} {ordinal(str(day))}"
    return said if year_digits is None else f"{said}, {_year(year_digits)}"


def time_en(hours: int, minutes: int, half: str | None) -> str:
    """`15, 5, None` as "fifteen oh five". half: `a` or `p` of the day."""
    suffix = f" {half.upper()} M" if half else ""
    if minutes == 0:
        if half:
            return cardinal(str(hours)) + suffix
        return f"{cardinal(str(hours))} o'clock" if 1 <= hours <= 12 else f"{cardinal(str(hours))} hundred hours"
    return f"{cardinal(str(hours))} {'oh ' if minutes < 10 else ''}{cardinal(str(minutes))}{suffix}"


def telephone_en(digits: str) -> str:
    """Digit by digit, with a breath between groups."""
    groups = re.findall(r"\d+", digits)
    return ("plus " if digits.lstrip().startswith("+") else "") + ", ".join(map(spelt, groups))


def unit_en(number: str, unit: str) -> str:
    """`5`, `km` as "five kilometers"."""
    one, many = UNITS[unit]
    return f"{cardinal(number)} {one if number.lstrip('-−') == '1' else many}"


def money_en(number: str, currency: str, scale: str | None) -> str:
    """`12.50`, `$` as "twelve dollars and fifty cents"."""
    one, many, cent, cents = CURRENCIES[currency]
    if scale is not None:
        return f"{cardinal(number)} {SCALES[scale]} {many}"
    whole, _, fraction = number.partition(".")
    amount = f"{cardinal(whole)} {one if whole == '1' else many}"
    if len(fraction) != 2:
        return amount if not fraction else f"{cardinal(number)} {many}"
    if fraction == "00":
        return amount
    part = f"{cardinal(fraction.lstrip('0'))} {cent if fraction == '01' else cents}"
    return part if whole == "0" else f"{amount} and {part}"


def fraction_en(above: int, below: int) -> str | None:
    """`3, 4` as "three quarters"; None where it is no fraction that people say."""
    if not 0 < above < below or (below not in DENOMINATORS and below > 20):
        return None
    one, many = DENOMINATORS.get(below, (ordinal(str(below)), ordinal(str(below)) + "s"))
    return f"{cardinal(str(above))} {one if above == 1 else many}"


def _year(digits: str) -> str:
    return cardinal(digits) if len(digits) < 4 else year(digits)


def _roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))


def _money(match: re.Match[str]) -> str:
    currency = match["before"] or match["behind"]
    if match["upper"]:
        return f"{cardinal(match['number'])} to {money_en(match['upper'], currency, match['scale'])}"
    return money_en(match["number"], currency, match["scale"])


def _slashed(match: re.Match[str]) -> str | None:
    first, second = int(match[1]), int(match[2])
    # As in America, unless that is no date.
    day, month = (first, second) if first > 12 else (second, first)
    return date_en(day, month, match[3])


def _time(match: re.Match[str]) -> str:
    return time_en(int(match[1]), int(match[2]), match[3])


def _measure(match: re.Match[str]) -> str:
    said = unit_en(match["upper"] or match["number"], match["unit"])
    return f"{cardinal(match['number'])} to {said}" if match["upper"] else said


def _named_roman(match: re.Match[str]) -> str | None:
    if match[1] in NUMBERED:
        return f"{match[1]} {cardinal(str(_roman(match[2])))}"
    return f"{match[1]} the {ordinal(str(_roman(match[2])))}" if len(match[2]) > 1 else None


def _plain_year(match: re.Match[str]) -> str | None:
    following = match["following"]
    if following and following.endswith("s") and following not in _NOT_PLURAL:
        return None
    return year(match["year"])


def _decade(match: re.Match[str]) -> str:
    said = year(match[1]) if len(match[1]) == 4 else cardinal(match[1])
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _abbreviation(match: re.Match[str]) -> str:
    return ABBREVIATIONS[match[1]]


def _rule(pattern: str, say: Callable[[re.Match[str]], str | None], flags: int = 0) -> Rule:
    return Rule(re.compile(pattern, flags), say)


_MONTH_NAMES: Final = {number: name for name, number in reversed(list(MONTHS.items()))}
_CODES: Final = "|".join(re.escape(one) for one in sorted(CURRENCIES, key=lambda name: -len(name)))
_SCALE: Final = "|".join(sorted(SCALES, key=lambda name: -len(name)))
_UNIT: Final = "|".join(re.escape(one) for one in sorted(UNITS, key=lambda name: -len(name)))

_VULGAR: Final = {"½": "one half", "¼": "one quarter", "¾": "three quarters"}

_RULES: Final = (
    Rule(ADDRESS, lambda match: read_address(match, SIGNS, cardinal)),
    _rule(
        rf"(?<![\w.])(?P<before>{_CODES})\s?(?P<number>{_N})(?:\s?[-–]\s?(?P<upper>{_N}))?"
        rf"(?:\s?(?P<scale>{_SCALE}))?(?P<behind>){_END}",
        _money,
    ),
    _rule(
        rf"{_START}(?P<before>)(?P<number>{_N})(?:\s?[-–]\s?(?P<upper>{_N}))?(?:\s?(?P<scale>{_SCALE}))?\s?(?P<behind>{_CODES})(?!\w)",
        _money,
    ),
    _rule(rf"{_START}(\d{{4}})-(\d\d)-(\d\d){_END}", lambda match: date_en(int(match[3]), int(match[2]), match[1])),
    _rule(rf"{_START}(\d{{1,2}})[/.](\d{{1,2}})[/.]([12]\d{{3}}){_END}", _slashed),
    _rule(
        rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+([12]\d{{3}}))?(?![\w:]|[.,]\d)",
        lambda match: date_en(int(match[2]), MONTHS[match[1]], match[3]),
    ),
    _rule(
        rf"{_START}(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\b\.?(?:,?\s+([12]\d{{3}}))?(?!\w)",
        lambda match: (
            f"{ordinal(match[1])} of {_MONTH_NAMES[MONTHS[match[2]]]}" + (f", {_year(match[3])}" if match[3] else "")
            if 1 <= int(match[1]) <= 31
            else None
        ),
    ),
    _rule(rf"\b({_MONTH})\.?,?\s+([12]\d{{3}}){_END}", lambda match: f"{_MONTH_NAMES[MONTHS[match[1]]]} {_year(match[2])}"),
    _rule(rf"{_START}([01]?\d|2[0-3]):([0-5]\d)(?:\s?([apAP])\.?[mM]\b\.?)?(?![\w:])", _time),
    _rule(rf"{_START}(1[0-2]|[1-9])()\s?([apAP])\.?[mM]\b\.?", lambda match: time_en(int(match[1]), 0, match[3])),
    _rule(rf"{_START}(\d{{1,3}}):(\d{{1,3}})(?![\w:])", lambda match: f"{cardinal(match[1])} to {cardinal(match[2])}"),
    _rule(rf"(?<![\w.])([-−+]?{_N})\s?%", lambda match: f"{cardinal(match[1])} percent"),
    _rule(rf"(?<![\w.])(?P<number>[-−]?{_N})(?:\s?[-–]\s?(?P<upper>{_N}))?[\s ]?(?P<unit>{_UNIT})(?![\w²³/])", _measure),
    _rule(rf"{_START}v?\d+(?:\.\d+){{2,}}(?!\w)", lambda match: " point ".join(map(cardinal, re.findall(r"\d+", match[0])))),
    _rule(
        r"(?<![\w.+])(?:\+\d{1,3}[ -]?)?(?:\(\d{2,4}\)[ -]?|\d{2,4}[ -])\d{3}[ -]\d{2,4}(?:[ -]\d{2,4})?(?![\w-])"
        r"|(?<![\w.-])\d{3}-\d{4}(?![\w-])",
        lambda match: telephone_en(match[0]),
    ),
    _rule(rf"{_START}({_N})(?:st|nd|rd|th)\b", lambda match: ordinal(match[1]) if "." not in match[1] else None),
    _rule(r"(?<!\w)['’]?((?:1[1-9]|20)?[1-9]0)s\b", _decade),
    _rule(
        rf"{_START}(\d+)\s+(\d{{1,2}})/(\d{{1,2}})(?![\w/])",
        lambda match: (
            f"{cardinal(match[1])} and {said}" if (said := fraction_en(int(match[2]), int(match[3]))) is not None else None
        ),
    ),
    _rule(rf"{_START}(\d{{1,2}})/(\d{{1,3}})(?![\w/])", lambda match: fraction_en(int(match[1]), int(match[2]))),
    _rule(r"24/7(?!\w)", lambda _match: "twenty-four seven"),
    _rule(r"(?:(\d+)\s?)?([½¼¾])", lambda match: (f"{cardinal(match[1])} and " if match[1] else "") + _VULGAR[match[2]]),
    _rule(
        rf"{_START}(1[1-9]\d\d|20\d\d)\s?[-–]\s?(1[1-9]\d\d|20\d\d|\d\d){_END}",
        lambda match: f"{year(match[1])} to {year(match[2]) if len(match[2]) == 4 else cardinal(match[2])}",
    ),
    _rule(rf"(?<![\w.,-])({_N})\s?[-–]\s?({_N})(?![\w-]|[.,]\d)", lambda match: f"{cardinal(match[1])} to {cardinal(match[2])}"),
    _rule(r"(?<![\w.,#$-])(?P<year>1[1-9]\d\d|20\d\d)(?!\w|[.,]\d|-\w)(?=\s+(?P<following>[a-z]+)|)", _plain_year),
    _rule(rf"(?:\bNo\.|№|#)\s?({_N}){_END}", lambda match: f"number {cardinal(match[1])}"),
    _rule(r"\b([A-Z][a-z]+)\s+([IVXLC]+)\b(?!['’]|\.\w)", _named_roman),
    _rule(r"(?<=\d)\s?[x×]\s?(?=\d)", lambda _match: " by "),
    _rule(rf"~\s?({_N})", lambda match: f"about {cardinal(match[1])}"),
    _rule(rf"(?<![\w.])([-−]{_N}|{_N})(?![\w]|-\w)", lambda match: cardinal(match[1])),
    _rule(rf"(?<![\w.])({_N})(?=-[a-z])", lambda match: cardinal(match[1])),
    # A title stands before a name, an address behind one.
    _rule(r"\bDr\.(?=\s+[A-Z])|\bProf\.(?=\s+[A-Z])", lambda match: "Doctor" if match[0] == "Dr." else "Professor"),
    _rule(r"\b([A-Z][a-z]+)\sSt\.", lambda match: f"{match[1]} Street"),
    _rule(r"\bSt\.(?=\s+[A-Z])", lambda _match: "Saint"),
    _rule(
        r"(?<![\w.])(" + "|".join(re.escape(one) for one in sorted(ABBREVIATIONS, key=lambda name: -len(name))) + r")(?!\w)",
        _abbreviation,
    ),
    _rule(r"(?<=\w)\s?&\s?(?=\w)", lambda _match: " and "),
    _rule(r"(?<=[\w)])\s([+=])\s(?=[\w(-])", lambda match: f" {SIGNS[match[1]]} "),
)
