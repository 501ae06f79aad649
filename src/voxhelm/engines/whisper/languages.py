"""The languages that Whisper knows, by the codes that the rest of the world uses."""

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

_OWN_CODES: Final = {"jv": "jw"}  # Javanese, by a code that was withdrawn in 2001
_USUAL_CODES: Final = {own: usual for usual, own in _OWN_CODES.items()}


def own_code(language: str) -> str:
    """What Whisper calls a language."""
    return _OWN_CODES.get(language, language)


def usual_code(own: str) -> str:
    """What everybody else calls it."""
    return _USUAL_CODES.get(own, own)
