"""How the operator wants words pronounced."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voxhelm.text.passage import Edit, Passage
from voxhelm.text.ssml_values import is_ipa


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One word, or several with spaces between.

    say: a respelling, which every voice can read. ipa: its sounds; voices that cannot be told any say `say`, or the word as it is.
    language: ISO 639-1; None for every one. voice: an engine's voice id, or `model/voice`; None for every one.
    match_case: whether `US` is another word than `us`.
    """

    word: str
    say: str | None = None
    ipa: str | None = None
    language: str | None = None
    voice: str | None = None
    match_case: bool = False

    def problem(self) -> str | None:
        """What is wrong with it, for people; None when nothing is."""
        if not any(character.isalnum() for character in self.word):
            return "its word has no letter"
        if self.say is None and self.ipa is None:
            return "it needs 'say' or 'ipa'"
        if self.say is not None and not any(character.isalnum() for character in self.say):
            return "its 'say' has no letter"
        if self.ipa is not None and not is_ipa(self.ipa):
            return f"'{self.ipa}' is not written in IPA"
        return None


class Lexicon:
    """Replaces whole words. An entry for a voice goes before one for a language, that before one for all; longer words before shorter."""

    def __init__(self, entries: Iterable[LexiconEntry] = ()) -> None:
        """entries: without problems."""
        self._entries = tuple(entries)
        self._books: dict[tuple[str, str, str], _Book | None] = {}

    def applied(self, passage: Passage, *, language: str, voice: str, model: str) -> Passage:
        """`passage` with the words that the lexicon knows; what the caller has decided stays."""
        if not self._entries:
            return passage
        key = (language, voice, model)
        if key not in self._books:
            entries = [entry for entry in self._entries if _is_for(entry, language, voice, model)]
            self._books[key] = _Book(entries) if entries else None
        book = self._books[key]
        return passage if book is None else passage.rewritten(book.edits(passage.said))


class _Book:
    """The entries for one voice."""

    def __init__(self, entries: Sequence[LexiconEntry]) -> None:
        ranked = sorted(entries, key=lambda entry: (entry.voice is None, entry.language is None))
        self._entries = sorted(ranked, key=lambda entry: -len(entry.word))
        alternatives = (f"(?{'' if entry.match_case else 'i'}:{_spaced(entry.word)})" for entry in self._entries)
        self._pattern = re.compile("|".join(rf"((?<!\w){one}(?!\w))" for one in alternatives))

    def edits(self, text: str) -> Iterable[Edit]:
        for match in self._pattern.finditer(text):
            entry = self._entries[(match.lastindex or 1) - 1]
            yield Edit(match.start(), match.end(), entry.say or match[0], entry.ipa)


def _spaced(word: str) -> str:
    return r"\s+".join(map(re.escape, word.split()))


def _is_for(entry: LexiconEntry, language: str, voice: str, model: str) -> bool:
    if entry.language is not None and entry.language != language:
        return False
    return entry.voice is None or entry.voice.lower() in (voice.lower(), f"{model}/{voice}".lower())
