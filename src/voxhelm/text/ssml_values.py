"""The values of SSML's attributes. Each function raises ValueError with what is allowed."""

import re
from collections.abc import Mapping
from typing import Final

_TIME: Final = re.compile(r"\+?(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(ms|s)")
_PERCENT: Final = re.compile(r"([+-]?\d{1,4}(?:\.\d{1,4})?)%")
_FACTOR: Final = re.compile(r"\d{1,2}(?:\.\d{1,6})?")
_DECIBELS: Final = re.compile(r"([+-]?\d{1,2}(?:\.\d{1,4})?)dB")
_TAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
# Letters of IPA that are no letters of the Latin alphabet, its diacritics, stress, length, ties and breaks between syllables.
_IPA: Final = re.compile(r"[a-zɐ-ʯʰ-˿æçðøħŋœβθχᵻᵊⱱ̀-ͯˈˌː.‿ ᶿⁿᵝ]{1,200}")

_STRENGTH_SECONDS: Final[Mapping[str, float]] = {
    "none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2,
}  # fmt: skip
_RATES: Final[Mapping[str, float]] = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.4, "x-fast": 2.0}
_VOLUME_DECIBELS: Final[Mapping[str, float]] = {
    "silent": -120.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0,
}  # fmt: skip
LOUDEST_DECIBELS: Final = 12.0


def seconds_of(value: str) -> float:
    """`500ms`, `1.5s`, or the strength of a break."""
    if value in _STRENGTH_SECONDS:
        return _STRENGTH_SECONDS[value]
    found = _TIME.fullmatch(value)
    if found is None:
        raise ValueError(f"use a time such as 500ms or 1.5s, or one of {', '.join(_STRENGTH_SECONDS)}")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def rate_of(value: str) -> float:
    """`slow`, `80%`, `+20%` or `1.2`, as a factor from 0.25 to 4."""
    rate = _RATES.get(value)
    if rate is None and (percent := _PERCENT.fullmatch(value)) is not None:
        relative = percent[1][0] in "+-"
        rate = float(percent[1]) / 100 + (1.0 if relative else 0.0)
    if rate is None and _FACTOR.fullmatch(value):
        rate = float(value)
    if rate is None or not 0.25 <= rate <= 4:
        raise ValueError(f"use one of {', '.join(_RATES)}, or from 25% to 400%, such as 80% or +20%")
    return rate


def gain_of(value: str, outer: float) -> float:
    """`soft`, or `+6dB` on top of `outer`, as what samples are multiplied by."""
    if value in _VOLUME_DECIBELS:
        return 0.0 if value == "silent" else float(10 ** (_VOLUME_DECIBELS[value] / 20))
    found = _DECIBELS.fullmatch(value)
    if found is None or float(found[1]) > LOUDEST_DECIBELS:
        raise ValueError(f"use one of {', '.join(_VOLUME_DECIBELS)}, or decibels up to +{LOUDEST_DECIBELS:g}dB, such as -6dB")
    return float(min(outer * 10 ** (float(found[1]) / 20), 10 ** (LOUDEST_DECIBELS / 20)))


def language_of(value: str) -> str:
    """ISO 639 of a language tag, such as `en` of `en-GB`."""
    found = _TAG.fullmatch(value)
    if found is None:
        raise ValueError("use a language tag such as bg or en-GB")
    return found[1].lower()


def is_ipa(value: str) -> bool:
    """Whether all of `value` are signs of the International Phonetic Alphabet."""
    return _IPA.fullmatch(value) is not None and not value.isspace()
