"""Odd texts, numbers and values of the wrong type."""

import random
import unicodedata
from collections.abc import Callable
from typing import Any, Final

# Letters of many scripts, marks that combine, marks that turn the direction, blanks that are not blank, signs that no voice has a word for.
ALPHABETS: Final = (
    "abc XYZ 0123456789 .,;:!?'\"-()",
    "Добър ден, ЪЬЮЯ",
    "مرحبا بالعالم١٢٣",
    "שלום עולם",
    "こんにちは世界ﾊﾝｶｸ",
    "नमस्ते दुनिया",
    "สวัสดี",
    "안녕하세요",
    "𝕬𝖇𝖈𝟙𝟚𝟛ⅠⅡⅢ½²",
    "🎉👩‍👩‍👧‍👦🇧🇬🏳️‍🌈",
    "\u0301\u0302\u0489\u20dd",
    "\u200b\u200d\u202e\u2066\ufeff\u00ad",
    "\x00\x01\x07\x1b\x7f\x85",
    "\n\r\t\u2028\u2029",
    "<>&[]{}|\\/@#$%^*~`_=+",
)
PHRASES: Final = (
    "",
    " ",
    ".",
    "...",
    "<speak><break time='9999999s'/>x</speak>",
    "<speak>",
    "[[h@'loU]] [[",
    "{{7*7}} ${x} %s %n %d",
    "'; DROP TABLE voices; --",
    "9" * 300,
    "1e309 -0 0x7fffffff 12:61:99 31/02/2026",
    "http://" + "a." * 120,
    "a" * 2_000,
    "Mr. Mr. Mr. St. e.g. i.e. " * 10,
    "\u202e" + "abc" * 20,
    "e" + "\u0301" * 200,
    "null",
    "NaN",
    "Ω≈ç√∫˜µ≤≥÷",
    "｡｢｣",
    "\ud800",
    "\udfff\ud800",
)
NUMBERS: Final = (0, -1, 1, 0.25, 4, 4.000001, 1e-320, 1e308, -1e308, 2**31, 2**63, 2**64, -(2**63), 10**400, 0.1 + 0.2)


def odd_text(chance: random.Random) -> str:
    """A text that is hard to say, rarely one that is long."""
    kind = chance.random()
    if kind < 0.35:
        return chance.choice(PHRASES)
    if kind < 0.75:
        letters = "".join(chance.sample(ALPHABETS, chance.randint(1, 4)))
        return "".join(chance.choice(letters) for _ in range(chance.randint(1, 160)))
    if kind < 0.98:
        return "".join(chr(_code_point(chance)) for _ in range(chance.randint(1, 120)))
    return chance.choice(ALPHABETS) * chance.choice((1_000, 8_000))


def _code_point(chance: random.Random) -> int:
    while True:
        point = chance.randrange(0x110000 if chance.random() < 0.3 else 0x3000)
        if unicodedata.category(chr(point)) != "Cs":
            return point


def odd_value(chance: random.Random, depth: int = 0) -> Any:
    """Anything that JSON can hold, and that nobody asked for."""
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: chance.choice((True, False)),
        lambda: chance.choice(NUMBERS),
        lambda: chance.choice(NUMBERS) * -1,
        lambda: odd_text(chance),
        lambda: chance.choice((float("nan"), float("inf"), float("-inf"))),
        dict,
        list,
    ]
    if depth < 3:
        kinds += [
            lambda: [odd_value(chance, depth + 1) for _ in range(chance.randint(1, 4))],
            lambda: {odd_text(chance)[:40]: odd_value(chance, depth + 1) for _ in range(chance.randint(1, 4))},
            lambda: {"id": odd_value(chance, depth + 1)},
        ]
    return chance.choice(kinds)()


def odd_header(chance: random.Random) -> str:
    """A value for a header: without line ends, which would make it two."""
    return (
        chance.choice((odd_text(chance)[:200], str(chance.choice(NUMBERS[:-2])), "a" * 4_000, "\u00ff" * 20, ""))
        .translate({0: None, 10: None, 13: None})
        .encode("utf-8", errors="ignore")
        .decode("utf-8")
    )
