"""What SSML's `say-as` asks for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from voxhelm.text import figures_bg, figures_en, number_words
from voxhelm.text.passage import Edit, Passage

_DIGITS: Final = re.compile(r"\d+")
_LETTERED: Final = frozenset({"characters", "spell-out"})

Reader = Callable[[str], str | None]


def interpreted(passage: Passage, language: str) -> Passage:
    """`passage` with every piece of a certain kind read as what it is.

    Where the language has no words for the kind here, or the piece is not of it, the text stays for the voice to read.
    """
    if all(piece.say_as is None for piece in passage.pieces):
        return passage
    return Passage(
        tuple(
            piece if piece.say_as is None else replace(piece, said=read_as(piece.said, piece.say_as, language), say_as=None)
            for piece in passage.pieces
        )
    )


def read_as(text: str, kind: str, language: str) -> str:
    """`text` read as a `kind` of SSML, which may be followed by a colon and a format: `date:dmy`."""
    name, _, form = kind.partition(":")
    if name in _LETTERED:
        return _spelt(text, language)
    if name == "date":
        return _date(text, form, language) or text
    reader = _READERS.get(language, {}).get(name)
    if reader is not None:
        try:
            return reader(text.strip()) or text
        except ValueError:  # it is not what it is said to be
            return text
    return " ".join(text) if name in ("digits", "telephone") else text


def _spelt(text: str, language: str) -> str:
    digit = {"en": number_words.spelt, "bg": figures_bg.spelt_bg}.get(language)
    return ", ".join(digit(one) if digit is not None and one.isdecimal() else one.upper() for one in text if one.isalnum())


def _date(text: str, form: str, language: str) -> str | None:
    numbers = _DIGITS.findall(text)
    order = form.replace("yyyy", "y").replace("yy", "y").replace("mm", "m").replace("dd", "d") or _usual_order(numbers, language)
    if len(order) != len(numbers) or set(order) - set("dmy") or len(set(order)) != len(order):
        return None
    known = dict(zip(order, numbers, strict=True))
    if "d" not in known or "m" not in known:
        return None
    if language == "en":
        return figures_en.date_en(int(known["d"]), int(known["m"]), known.get("y"))
    return figures_bg.date_bg(known["d"], known["m"], known.get("y")) if language == "bg" else None


def _usual_order(numbers: list[str], language: str) -> str:
    if numbers and len(numbers[0]) == 4:
        return "ymd"[: len(numbers)]
    return ("mdy" if language == "en" else "dmy")[: len(numbers)]


def _written(edits: Callable[[str], list[Edit]]) -> Reader:
    def read(text: str) -> str:
        return Passage.of(text).rewritten(edits(text)).said

    return read


def _time_en(text: str) -> str | None:
    numbers = _DIGITS.findall(text)
    half = re.search(r"([ap])\.?m", text.lower())
    if not 1 <= len(numbers) <= 3:
        return None
    minutes = int(numbers[1]) if len(numbers) > 1 else 0
    return figures_en.time_en(int(numbers[0]), minutes, half[1] if half else None)


def _fraction_en(text: str) -> str | None:
    above, _, below = text.partition("/")
    return figures_en.fraction_en(int(above), int(below))


_EN: Final[Mapping[str, Reader]] = {
    "cardinal": number_words.cardinal,
    "number": number_words.cardinal,
    "ordinal": number_words.ordinal,
    "digits": number_words.spelt,
    "telephone": figures_en.telephone_en,
    "time": _time_en,
    "fraction": _fraction_en,
    "currency": _written(figures_en.edits_en),
    "unit": _written(figures_en.edits_en),
}
_BG: Final[Mapping[str, Reader]] = {
    "cardinal": figures_bg.number_bg,
    "number": figures_bg.number_bg,
    "ordinal": figures_bg.ordinal_bg,
    "digits": figures_bg.spelt_bg,
    "telephone": lambda text: ", ".join(map(figures_bg.spelt_bg, _DIGITS.findall(text))),
    "time": figures_bg.said_bg,
    "fraction": figures_bg.said_bg,
    "currency": figures_bg.said_bg,
    "unit": _written(figures_bg.edits_bg),
}
_READERS: Final[Mapping[str, Mapping[str, Reader]]] = {"en": _EN, "bg": _BG}
