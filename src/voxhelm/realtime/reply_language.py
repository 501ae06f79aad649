"""In which language a reply is, sentence by sentence. Pure."""

from collections.abc import Iterable
from typing import Final

from voxhelm.assistant.question import Message, Question
from voxhelm.text.language import guess_language, may_be_in

# So many letters tell for themselves, whatever was spoken before: some three sentences. A single one is easily taken for another language.
TELLING_LETTERS: Final = 150
# Of the conversation, from its end, where nobody has told its language.
LOOKED_AT_CHARACTERS: Final = 600
UNKNOWN: Final = ""


class ReplyLanguage:
    """Of one reply. It is that of the conversation until the reply itself tells another one: its voice must not change by accident."""

    def __init__(self, question: Question) -> None:
        """question: what is answered."""
        self._language = question.language or _guessed(question.entries) or None
        self._text = ""

    @property
    def language(self) -> str | None:
        """ISO 639-1, as far as it is known."""
        return self._language

    def of(self, sentence: str) -> str | None:
        """That of the next sentence."""
        self._text += f"{sentence}\n"
        telling = sum(map(str.isalpha, self._text)) >= TELLING_LETTERS
        if telling or self._language is None or not may_be_in(sentence, self._language):
            self._language = (
                guess_language(self._text if telling else sentence, default=self._language or UNKNOWN) or self._language
            )
        return self._language


def _guessed(entries: Iterable[object]) -> str:
    texts = [entry.text for entry in entries if isinstance(entry, Message) and entry.role != "system"]
    return guess_language("\n".join(texts)[-LOOKED_AT_CHARACTERS:], default=UNKNOWN)
