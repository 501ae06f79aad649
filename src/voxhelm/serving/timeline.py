"""When what was said is heard."""

from dataclasses import dataclass, replace

from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word


@dataclass(slots=True)
class _Open:
    """A sentence under way."""

    number: int
    text: str
    start_seconds: float
    end_seconds: float
    words: list[Word]


class Timeline:
    """Collects the words of a reply, as they become known, for whoever wants them while it streams or at its end.

    Times are seconds from the beginning of the delivered sound, offsets are of the text as the caller sent it.
    """

    def __init__(self, lead_seconds: float = 0.0) -> None:
        """lead_seconds: of silence that whoever plays the sound hears before it."""
        self._lead_seconds = lead_seconds
        self._fresh: list[Word] = []
        self._sentences: list[_Open] = []

    def take(self) -> list[Word]:
        """The words that became known since the last time."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def begin(self, sentence: int, text: str, start_seconds: float) -> None:
        """Something of a sentence begins to sound: all of it, or what comes after its first clause."""
        start_seconds += self._lead_seconds
        if self._sentences and self._sentences[-1].number == sentence:
            last = self._sentences[-1]
            last.text = f"{last.text} {text.strip()}"
        else:
            self._sentences.append(_Open(sentence, text.strip(), start_seconds, start_seconds, []))

    def add(self, word: Word, start_seconds: float) -> None:
        """A word of the sentence that began last; its own times count from `start_seconds`."""
        start_seconds += self._lead_seconds
        moved = replace(word, start_seconds=start_seconds + word.start_seconds, end_seconds=start_seconds + word.end_seconds)
        self._fresh.append(moved)
        self._sentences[-1].words.append(moved)

    def end(self, end_seconds: float) -> None:
        """The sentence that began last has been heard, or a part of it."""
        self._sentences[-1].end_seconds = end_seconds + self._lead_seconds

    def segments(self) -> list[Segment]:
        """The sentences, each with its words."""
        return [Segment(one.text, one.start_seconds, one.end_seconds, tuple(one.words)) for one in self._sentences]
