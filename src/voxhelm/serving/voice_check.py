"""What came of saying sentences with a voice and hearing them back."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The outcomes."""

    GOOD = "good"
    WORSE = "worse"
    UNHEARD = "unheard"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """One of them. Rates are of what was said: wrong words for each word, wrong characters for each character."""

    said: str
    heard: str
    word_error_rate: float
    character_error_rate: float


@dataclass(frozen=True, slots=True)
class VoiceCheck:
    """One check of one voice.

    name: as it was asked for. voice: `model/voice`. model_identity: changes with the files of the model and the version of its engine.
    recogniser: the model that heard it, with its own identity; None when none knows the language.
    material: stands for the sentences; only results of the same recogniser and sentences are compared.
    usual_word_error_rate: by earlier results; None when there are none within the limit. reason: what is wrong, in words.
    word_error_rate, character_error_rate: over all sentences; None when nothing was heard.
    """

    name: str
    voice: str
    model: str
    language: str
    model_identity: str
    recogniser: str | None
    material: str
    checked_unix_seconds: float
    verdict: Verdict
    reason: str | None
    word_error_limit: float
    usual_word_error_rate: float | None = None
    words: int = 0
    word_error_rate: float | None = None
    character_error_rate: float | None = None
    sentences: tuple[CheckedSentence, ...] = ()
