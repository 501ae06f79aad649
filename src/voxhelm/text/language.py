"""Which language a text is in."""

import re
from collections.abc import Mapping
from typing import Final

import gcld3

from voxhelm.text.common_words import CYRILLIC, LATIN
from voxhelm.text.scripts import UNFAMILIAR, letters_by_script

_LOOKED_AT_CHARACTERS: Final = 2_000
_SHORT_LETTERS: Final = 60
"""Below this the detector is often wrong and always sure: "Hello" is Serbian to it, "Благодаря" Belarusian. Words decide first."""
_TRUSTED_LETTERS: Final = 24
"""Below this, about five words, only Cyrillic is left to the detector, which is somewhat better at it than at the others."""
_WORDS_PER_VOTE: Final = 5
"""A text with fewer common words than one in five is in a language whose words are not listed."""

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_WORD: Final = re.compile(r"[^\W\d_]+")

_ONE_LANGUAGE: Final[Mapping[str, str]] = {
    "greek": "el",
    "armenian": "hy",
    "hebrew": "he",
    "bengali": "bn",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "myanmar": "my",
    "georgian": "ka",
    "ethiopic": "am",
    "khmer": "km",
    "hangul": "ko",
    "kana": "ja",
}
# The first is assumed where nothing tells them apart.
_SEVERAL_LANGUAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "cyrillic": ("bg", "ru", "uk", "sr", "mk", "be", "kk", "ky", "mn", "tg"),
    "arabic": ("ar", "fa", "ur", "ps", "sd"),
    "devanagari": ("hi", "mr", "ne"),
    "han": ("zh", "ja"),
}
_OTHER_SCRIPTS: Final = frozenset((*_ONE_LANGUAGE.values(), *(code for codes in _SEVERAL_LANGUAGES.values() for code in codes)))

# A letter that one language of its script has and the others have not, in the order in which they are looked for.
_TELLING_LETTERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "cyrillic": (
        ("[ѓќѕ]", "mk"),
        ("[ђћ]", "sr"),
        ("[јљњџ]", "sr|mk"),
        ("[әғқңұүһөҳҷӯӣ]", "kk|ky|mn|tg"),
        ("ў|[ыэё].*і|і.*[ыэё]", "be"),
        ("[іїєґ]", "uk"),
        ("[ыэё]", "ru|be"),
        ("ъ(?![еёюяєї])", "bg"),  # a vowel in Bulgarian; elsewhere it only divides a consonant from these
        ("ь(?!о)", "ru|uk|be"),  # in Bulgarian it stands only before `о`
    ),
    "arabic": (("[ٹڈڑےں]", "ur"), ("[ټډړږښڼې]", "ps"), ("[پچژگکی]", "fa|ur|ps|sd")),
    "latin": (
        ("ß", "de"),
        ("[ñ¿¡]", "es"),
        ("[ğı]", "tr"),
        ("[őű]", "hu"),
        ("[łąęśź]", "pl"),
        ("[řěů]", "cs"),
        ("[țș]", "ro"),
        ("[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", "vi"),
    ),
}
_RENAMED: Final[Mapping[str, str]] = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "fil": "tl"}


def guess_language(text: str, *, default: str) -> str:
    """Return the ISO 639-1 code of the language that `text` seems to be in.

    default: what to say without evidence: no letters, or a few words that several languages could have, if it is written in their
        script; if not, it is English in Latin letters and Bulgarian in Cyrillic ones.

    The script decides where only one language uses it; then letters that only one language has; then, in short texts, very common
    words; then a detector, as far as its answer is written in this script. Takes half a millisecond; only the beginning of the text is
    looked at.
    """
    beginning = _SURROGATE.sub(" ", text[:_LOOKED_AT_CHARACTERS])
    counts = letters_by_script(beginning)
    script = next(iter(counts), UNFAMILIAR)
    if script == UNFAMILIAR:
        return default
    if script == "han" and counts.get("kana"):
        return "ja"  # only Japanese mixes the two
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    if script == "latin":
        return _latin(beginning, counts[script], default)
    candidates = _SEVERAL_LANGUAGES[script]
    fallback = default if default in candidates else candidates[0]
    return _among(beginning, script, counts[script], candidates, fallback)


def may_be_in(text: str, language: str) -> bool:
    """Whether `text` is in the letters of a language (ISO 639-1), or in none."""
    script = next(iter(letters_by_script(text[:_LOOKED_AT_CHARACTERS])), UNFAMILIAR)
    if script == UNFAMILIAR:
        return True
    if script == "latin":
        return language not in _OTHER_SCRIPTS
    return language == _ONE_LANGUAGE.get(script) or language in _SEVERAL_LANGUAGES.get(script, ())


def _among(text: str, script: str, letters: int, candidates: tuple[str, ...], fallback: str) -> str:
    """The language of a text in a script that few languages share."""
    told = _told_by_letters(text, script)
    if len(told) == 1:
        return told[0]
    possible = told or candidates
    likeliest = fallback if fallback in possible else possible[0]
    if script == "cyrillic" and letters < _SHORT_LETTERS:
        possible = told or tuple(CYRILLIC)
        voted = _most_words(text, CYRILLIC, possible)
        if voted:
            return likeliest if likeliest in voted else voted[0]
    if letters < _TRUSTED_LETTERS and (told or script != "cyrillic"):
        return likeliest
    language, _ = _detected(text)
    return language if language in possible else likeliest


def _latin(text: str, letters: int, default: str) -> str:
    if default in _OTHER_SCRIPTS:
        default = "en"
    if letters < _SHORT_LETTERS:
        voted = _most_words(text, LATIN, tuple(LATIN))
        if len(voted) == 1:
            return voted[0]
        told = _told_by_letters(text, "latin")
        if told and (not voted or told[0] in voted):
            return told[0]
        if default in voted or letters < _TRUSTED_LETTERS:
            return default
    language, reliable = _detected(text)
    return language if reliable and language not in _OTHER_SCRIPTS and len(language) == 2 else default


def _told_by_letters(text: str, script: str) -> tuple[str, ...]:
    """The languages that a rare letter leaves possible; empty when there is none."""
    lower = text.lower().replace("\n", " ")
    for pattern, languages in _TELLING_LETTERS.get(script, ()):
        if re.search(pattern, lower):
            return tuple(languages.split("|"))
    return ()


def _most_words(text: str, words_by_language: Mapping[str, frozenset[str]], possible: tuple[str, ...]) -> tuple[str, ...]:
    """The languages to which most of the text's words are common; several when they are equally many, empty when none is."""
    words = _WORD.findall(text.lower())
    votes = {
        language: sum(word in common for word in words) for language, common in words_by_language.items() if language in possible
    }
    most = max(votes.values(), default=0)
    if most * _WORDS_PER_VOTE < max(len(words), 1):
        return ()
    return tuple(language for language, count in votes.items() if count == most)


def _detected(text: str) -> tuple[str, bool]:
    """The detector's answer as ISO 639-1 where that has a code, and whether it calls it reliable."""
    result = gcld3.NNetLanguageIdentifier(0, 4 * _LOOKED_AT_CHARACTERS).FindLanguage(text=text)
    base = result.language.split("-")[0]
    return _RENAMED.get(base, base), result.is_reliable
