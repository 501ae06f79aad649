"""The languages that Whisper knows, by the codes that the rest of the world uses."""

from collections.abc import Collection, Sequence
from typing import Final

# English stands first: where nobody says otherwise, it is what is heard most.
LANGUAGES: Final = (
    "en", "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el", "es", "et", "eu",
    "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi", "hr", "ht", "hu", "hy", "id", "is", "it", "ja", "jv", "ka", "kk", "km",
    "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "nn", "no", "oc",
    "pa", "pl", "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk", "sl", "sn", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th",
    "tk", "tl", "tr", "tt", "uk", "ur", "uz", "vi", "yi", "yo", "zh",
)  # fmt: skip
"""ISO 639-1, but for Hawaiian, which has a code of three letters only. All multilingual models know these."""

CANTONESE: Final = "yue"
"""What the third large models know besides."""

CHANGED: Final = 0.8
"""What is found with this probability to be in another language than what came before it, is heard in that one."""

_OWN_CODES: Final = {"jv": "jw"}  # Javanese, by a code that was withdrawn in 2001
_USUAL_CODES: Final = {own: usual for usual, own in _OWN_CODES.items()}


def own_code(language: str) -> str:
    """What Whisper calls a language."""
    return _OWN_CODES.get(language, language)


def usual_code(own: str) -> str:
    """What everybody else calls it."""
    return _USUAL_CODES.get(own, own)


def among(ranked: Sequence[tuple[str, float]], languages: Collection[str]) -> tuple[tuple[str, float], ...]:
    """The probabilities when only `languages` come into question (all, when there are none), adding up to one; the likeliest first."""
    possible = [(language, probability) for language, probability in ranked if not languages or language in languages]
    total = sum(probability for _, probability in possible)
    if total > 0:
        possible = [(language, probability / total) for language, probability in possible]
    return tuple(sorted(possible, key=lambda one: -one[1]))


def settled(ranked: Sequence[tuple[str, float]], expected: str | None) -> tuple[str, float]:
    """The likeliest language, unless another one was spoken before (`expected`) and this one is not sure."""
    likeliest, probability = ranked[0]
    if expected is not None and likeliest != expected and probability < CHANGED:
        return expected, dict(ranked).get(expected, 0.0)
    return likeliest, probability
