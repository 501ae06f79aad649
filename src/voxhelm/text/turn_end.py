"""How finished a partial transcript reads. Pure.

The rules stand in the order in which they are asked; the first that knows something answers. Each value is a judgement of how often a
speaker who pauses there is done, not a measurement: what is measured is the sound, where a model for it is installed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from voxhelm.text.turn_words import ANY_LANGUAGE, BY_LANGUAGE, TurnWords

NEUTRAL: Final = 0.5
"""Nothing tells."""

LOOKED_AT_CHARACTERS: Final = 400
"""Of the end. What was said before has no bearing, and a long turn is asked about often."""

# A recogniser writes dots, a dash or a comma where the voice stayed up or broke off.
TRAILING: Final = 0.15
# "Yes", "no", "thank you" need nothing more; yet some go on: "No, I meant ...".
ANSWER: Final = 0.88
# Who says "um" or "let me think" is keeping the floor, whatever stood before.
HESITATION: Final = 0.08
# "and", "the", "because": there is no sentence yet. A full stop behind it is the recogniser's habit, and worth a little.
OPEN: Final = 0.08
OPEN_STOPPED: Final = 0.2
# Questions are written as such for their wording or their tone, and both come with their end.
QUESTION: Final = 0.95
# A number that is being dictated comes in groups, with pauses between them as long as those between turns.
NUMBER: Final = 0.3
# As many digits as the telephone numbers of most countries have: it may be all of it.
WHOLE_NUMBER: Final = 0.6
# "to", "is", "we": sentences may end so ("the one I came for"), few do.
LEANING: Final = 0.2
LEANING_STOPPED: Final = 0.4
# "I I", "the the": who stumbles goes on.
STUMBLE: Final = 0.2
# "what time is it" from a recogniser that writes no marks.
UNMARKED_QUESTION: Final = 0.65
# The endings with which a sentence is over in languages that put the verb last.
CLOSED: Final = 0.8
# Some recognisers put a full stop behind whatever they are given, so it says less than it seems to.
STOPPED: Final = 0.75
EXCLAIMED: Final = 0.85
# It writes marks, and has put none here.
UNMARKED: Final = 0.3

DIGITS_OF_A_WHOLE_NUMBER: Final = 9
_FEWEST_DIGITS: Final = 3
_DIGITS_OF_A_YEAR: Final = 4
_WORDS_OF_A_QUESTION: Final = 3

_WORD: Final = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W_]+(?:['\-][^\W_]+)*")
_TRAILING: Final = re.compile(r"(?:\.{2,}|…|[-–—―,，、:：;；])$")
_QUESTION: Final = re.compile(r"[?？؟;]$")
_EXCLAMATION: Final = re.compile(r"[!！]$")
_STOP: Final = re.compile(r"[.。．।]$")
_MARK_INSIDE: Final = re.compile(r"[.,?!，。？！、](?=.)")
_CLAUSE_END: Final = re.compile(r"[.,;:!?…，。、；：！？—–]+")
_QUOTES: Final = "\"”»“„’'」』)] "


@dataclass(frozen=True, slots=True)
class _Partial:
    """A transcript, taken apart. words: in lower case, in order; of a text without spaces one word for each of its clauses."""

    text: str
    words: tuple[str, ...]
    clause: str
    table: TurnWords

    @property
    def stopped(self) -> bool:
        return bool(_STOP.search(self.text) or _EXCLAMATION.search(self.text))

    @property
    def asked(self) -> bool:
        return bool(_QUESTION.search(self.text))

    @property
    def is_marked(self) -> bool:
        """Whether whoever wrote it writes marks: there is one inside, or it begins with a capital."""
        first = next((character for character in self.text if character.isalpha()), "")
        return bool(_MARK_INSIDE.search(self.text)) or first.isupper()

    def longest_ending(self, phrases: Iterable[str]) -> int:
        """How many characters the longest of `phrases` has that stand last, of a text without spaces; 0 when none does."""
        return max((len(phrase) for phrase in phrases if self.clause.endswith(phrase)), default=0)

    def ends_with(self, phrases: Iterable[str]) -> bool:
        """Whether one of `phrases` stands last."""
        if self.table.joined:
            return self.longest_ending(phrases) > 0
        return any(self.words[-len(words) :] == words for words in map(_split, phrases))


def finished_probability(transcript: str, language: str | None) -> float:
    """How likely it is, by its words alone, that who said `transcript` and now pauses is done; 0 to 1.

    language: ISO 639-1, of what was said. Without one that has a table only marks, numbers in figures and sounds like "um" tell: what is
    "and" in one language is a noun of another.
    """
    partial = _taken_apart(transcript[-LOOKED_AT_CHARACTERS:], BY_LANGUAGE.get(_code(language), ANY_LANGUAGE))
    if not partial.words:
        return NEUTRAL
    return next((found for rule in _RULES if (found := rule(partial)) is not None), NEUTRAL)


def _code(language: str | None) -> str:
    return (language or "").lower().partition("-")[0]


def _taken_apart(transcript: str, table: TurnWords) -> _Partial:
    text = unicodedata.normalize("NFC", transcript).replace("’", "'").strip().rstrip(_QUOTES)
    lower = text.lower()
    clauses = [clause for clause in _CLAUSE_END.split(lower) if clause.strip()]
    words = tuple(clauses) if table.joined else tuple(_WORD.findall(lower))
    return _Partial(text, words, clauses[-1].strip() if clauses else "", table)


@cache
def _split(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def _trails_off(partial: _Partial) -> float | None:
    return TRAILING if _TRAILING.search(partial.text) else None


def _answers(partial: _Partial) -> float | None:
    """One answer, or one after the other: "No, no. Thank you"."""
    parts = _CLAUSE_END.split(partial.text.lower())
    said = [" ".join(_WORD.findall(part)) for part in parts if _WORD.search(part)]
    if partial.asked or not said:
        return None
    known = frozenset(" ".join(_WORD.findall(answer)) for answer in partial.table.answers)
    if all(part in known for part in said):
        return ANSWER
    # A recogniser that writes no marks leaves "no no" together.
    one_by_one = not partial.table.joined and len(partial.words) > 1 and all(word in known for word in partial.words)
    return ANSWER if one_by_one else None


def _hesitates(partial: _Partial) -> float | None:
    if partial.asked:
        return None
    spoken = (*partial.table.hesitations, *ANY_LANGUAGE.hesitations)
    return HESITATION if partial.clause in partial.table.holding or partial.ends_with(spoken) else None


def _is_open(partial: _Partial) -> float | None:
    if partial.asked or not partial.ends_with(partial.table.open):
        return None
    if partial.table.joined and partial.longest_ending(partial.table.leaning) > partial.longest_ending(partial.table.open):
        return None  # the longer ending says more: a polite "... but" is often the end
    return OPEN_STOPPED if partial.stopped else OPEN


def _asks(partial: _Partial) -> float | None:
    return QUESTION if partial.asked else None


def _dictates(partial: _Partial) -> float | None:
    """Digits one by one, or in groups, or where a number was announced."""
    groups = _trailing_numbers(partial)
    if not groups:
        return None
    digits = sum(len(group) for group in groups)
    before = " ".join(partial.words[: len(partial.words) - len(groups)])
    announced = (
        any(cue in partial.clause for cue in partial.table.numbered)
        if partial.table.joined
        else any(word in partial.table.numbered for word in _split(before))
    )
    in_groups = len(groups) > 1 and digits >= _FEWEST_DIGITS
    # "1984" is a year, and "250" an amount; "0887" and "55512" are neither.
    as_figures = len(groups) == 1 and (
        len(groups[0]) > _DIGITS_OF_A_YEAR or (len(groups[0]) == _DIGITS_OF_A_YEAR and groups[0].startswith("0"))
    )
    if not (announced or in_groups or as_figures):
        return None
    return WHOLE_NUMBER if digits >= DIGITS_OF_A_WHOLE_NUMBER else NUMBER


def _trailing_numbers(partial: _Partial) -> Sequence[str]:
    """The groups of digits that the text ends with; a digit said as a word is a group of its own."""
    groups: list[str] = []
    words = tuple(_WORD.findall(partial.text.lower()))
    if partial.table.joined:
        words = _digits_apart(partial.text, partial.table)
    for word in reversed(words):
        if word.isdecimal():
            groups.append(word)
        elif word in partial.table.digits:
            groups.append("0")
        else:
            break
    return groups


def _digits_apart(text: str, table: TurnWords) -> tuple[str, ...]:
    """Words of a text without spaces, as far as numbers go: figures, and digits by themselves."""
    one = "|".join(map(re.escape, sorted(table.digits, key=len, reverse=True)))
    return tuple(re.findall(rf"\d+|{one}|[^\W\d]", text))


def _leans(partial: _Partial) -> float | None:
    if len(partial.words) == 1 and partial.stopped and not partial.table.joined:
        return None  # a word by itself that is written as a sentence is one
    if not partial.ends_with(partial.table.leaning):
        return None
    return LEANING_STOPPED if partial.stopped else LEANING


def _stumbles(partial: _Partial) -> float | None:
    if partial.table.joined or partial.stopped or len(partial.words) < 2:
        return None
    return STUMBLE if partial.words[-1] == partial.words[-2] else None


def _closes(partial: _Partial) -> float | None:
    return CLOSED if partial.table.closing and partial.ends_with(partial.table.closing) else None


def _stops(partial: _Partial) -> float | None:
    if _EXCLAMATION.search(partial.text):
        return EXCLAIMED
    return STOPPED if partial.stopped else None


def _is_unmarked(partial: _Partial) -> float | None:
    if partial.is_marked:
        return UNMARKED
    if partial.table.joined:
        return UNMARKED_QUESTION if any(word in partial.clause for word in partial.table.asking) else None
    asks = len(partial.words) >= _WORDS_OF_A_QUESTION and partial.words[0] in partial.table.asking
    return UNMARKED_QUESTION if asks else None


_RULES: Final[tuple[Callable[[_Partial], float | None], ...]] = (
    _trails_off,
    _answers,
    _hesitates,
    _is_open,
    _asks,
    _dictates,
    _leans,
    _stumbles,
    _closes,
    _stops,
    _is_unmarked,
)
