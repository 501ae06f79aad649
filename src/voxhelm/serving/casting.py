"""Who says which sentence."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.domain.errors import LanguageUnsupported
from voxhelm.text.language import guess_language, may_be_in
from voxhelm.text.part import Pause, Say, Style
from voxhelm.text.passage import Passage
from voxhelm.text.scripts import letters_by_script
from voxhelm.text.sentences import split_sentences

# Between two sentences, two paragraphs, and where a sentence goes on in another piece; at the voice's natural pace, and besides the tenth
# of a second that every piece keeps of its own silence.
SENTENCE_SECONDS: Final = 0.22
PARAGRAPH_SECONDS: Final = 0.5
CLAUSE_SECONDS: Final = 0.08

# A word or several in letters other than Latin ones, with what joins them.
_FOREIGN: Final = re.compile(r"[^\W\d_A-Za-zªºÀ-ɏḀ-ỿ]+(?:[\s,'’.-]{1,3}[^\W\d_A-Za-zªºÀ-ɏḀ-ỿ]+)*")
_LATIN: Final = "latin"
PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Line:
    """What a voice is to say in one go, and in what manner.

    language: ISO 639-1, of the text. silence_seconds: before it, at natural pace unless `pauses`, which is silence that was asked for.
    sentence: its number in the text; a sentence may be several lines.
    """

    passage: Passage
    chosen: ChosenVoice
    style: Style
    language: str
    sentence: int
    silence_seconds: float = SENTENCE_SECONDS
    pauses: bool = False

    @property
    def text(self) -> str:
        """What is said."""
        return self.passage.said

    @property
    def offset(self) -> int:
        """Where it begins in the caller's text."""
        return self.passage.pieces[0].begin


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller says of the voice. name, detour: see `VoiceBook.choose`. default_language: for texts that do not tell.

    language: of the text, where the caller knows it.
    """

    name: str | None
    model: str
    default_language: str
    detour: Detour = STRAIGHT
    language: str | None = None


@dataclass(slots=True)
class _Manner:
    """A style with the voice that has it, once for all that is said so."""

    chosen: ChosenVoice
    name: str | None
    by_script: dict[tuple[str, str], ChosenVoice] = field(default_factory=dict)


class Casting:
    """Gives every sentence of one text a voice.

    Most texts are in one script, and one voice says all of them. A sentence in another script than the text's goes to a voice of its own
    language when the voice was left to us, and to a model that can read it in any case. So do words in other letters in a Latin sentence.
    """

    def __init__(self, voices: VoiceBook, parts: Sequence[Say | Pause], wanted: Wanted) -> None:
        """Choose the voice of the text, and in a text of several scripts or voices those of all its sentences.

        Raises what `VoiceBook.choose` raises, for any sentence: before anything has been said.
        """
        self._voices = voices
        self._parts = parts
        self._wanted = wanted
        self._text = "\n".join(part.passage.said for part in parts if isinstance(part, Say))
        counts = letters_by_script(self._text)
        self._script = next(iter(counts), None)
        self._manners: dict[tuple[str | None, str | None], _Manner] = {}
        styles = dict.fromkeys(part.style for part in parts if isinstance(part, Say))
        self.chosen = self._manner(PLAIN if any(one.voice is None for one in styles) else next(iter(styles), PLAIN)).chosen
        for style in styles:
            self._manner(style)
        self._lines = list(self._cast()) if len(counts) > 1 else None

    @property
    def voices(self) -> tuple[ChosenVoice, ...]:
        """Everyone who has something to say, the voice of the text first."""
        if self._lines is not None:
            cast = [line.chosen for line in self._lines]
        else:
            cast = [self._manner(part.style).chosen for part in self._parts if isinstance(part, Say)]
        found = {(one.spec.id, one.voice.id): one for one in [self.chosen, *cast]}
        return tuple(found.values())

    @property
    def egress_hosts(self) -> tuple[str, ...]:
        """Where parts of the text will be sent outside the LAN, each host once; empty when all of it stays."""
        return tuple(dict.fromkeys(one.spec.egress_host for one in self.voices if one.spec.egress_host is not None))

    def model_ids(self) -> list[str]:
        """Every model that has something to say, that of the text first."""
        return list(dict.fromkeys(one.spec.id for one in self.voices))

    @property
    def last_pause_seconds(self) -> float:
        """Silence that was asked for behind the last word."""
        seconds = 0.0
        for part in reversed(self._parts):
            if not isinstance(part, Pause):
                break
            seconds += part.seconds
        return seconds

    def lines(self) -> Iterator[Line]:
        """The lines in order, found as they are needed."""
        return iter(self._lines) if self._lines is not None else self._cast()

    def _cast(self) -> Iterator[Line]:
        sentence = -1
        paused: float | None = None
        before: tuple[Say, int] | None = None
        for part in self._parts:
            if isinstance(part, Pause):
                paused = (paused or 0.0) + part.seconds
                continue
            manner = self._manner(part.style)
            for found in split_sentences(part.passage.said, language=manner.chosen.language):
                passage = part.passage.slice(found.offset, found.offset + len(found.text))
                if not passage.pieces:
                    continue
                goes_on = before is not None and before[0] is not part and not _ends_sentence(before[0].passage.said)
                sentence += 0 if goes_on else 1
                silence = paused if paused is not None else _silence(part, found.offset, before, goes_on=goes_on)
                yield from self._voiced(passage, part.style, manner, sentence, (silence, paused is not None))
                paused, before = None, (part, found.offset + len(found.text))

    def _voiced(
        self, passage: Passage, style: Style, manner: _Manner, sentence: int, silence: tuple[float, bool]
    ) -> Iterator[Line]:
        """The lines of one sentence: one, unless some of its words are in letters that its voice should not read."""
        counts = letters_by_script(passage.said)
        script = next(iter(counts), self._script)
        chosen = manner.chosen if script == self._script or style.language else self._of_script(manner, passage.said, script)
        seconds, pauses = silence
        for part, voice in self._parted(passage, chosen, manner, foreign=script == _LATIN and len(counts) > 1):
            yield Line(part, voice, style, style.language or voice.language, sentence, seconds, pauses)
            seconds, pauses = CLAUSE_SECONDS, False

    def _parted(
        self, passage: Passage, chosen: ChosenVoice, manner: _Manner, *, foreign: bool
    ) -> Iterator[tuple[Passage, ChosenVoice]]:
        done = 0
        if foreign:
            for match in _FOREIGN.finditer(passage.said):
                begin, end = match.span()
                script = next(iter(letters_by_script(match[0])), _LATIN)
                if script == _LATIN or not (passage.may_cut(begin) and passage.may_cut(end)):
                    continue
                other = self._reader(manner, match[0], script) or chosen
                if other == chosen:
                    continue
                if any(one.isalnum() for one in passage.said[done:begin]):
                    yield _bare(passage, done, begin), chosen
                else:
                    begin = done
                yield _bare(passage, begin, end), other
                done = end
        if any(one.isalnum() for one in passage.said[done:]):
            yield _bare(passage, done, len(passage.said)), chosen

    def _reader(self, manner: _Manner, text: str, script: str) -> ChosenVoice | None:
        """Who reads a few words in other letters; None where the voice that was named should, as well as it can."""
        try:
            return self._of_script(manner, text, script)
        except LanguageUnsupported:
            return None

    @cached_property
    def _guessed(self) -> str:
        """The language of the text: a guess that takes longer than all the rest here, and that a voice of one language does not need."""
        return self._language_of(self._text)

    def _language_of(self, text: str) -> str:
        known = self._wanted.language
        if known is not None and may_be_in(text, known):
            return known
        return guess_language(text, default=self._wanted.default_language)

    def _of_script(self, manner: _Manner, text: str, script: str | None) -> ChosenVoice:
        language = self._language_of(text)
        key = (language, script or "")
        if key not in manner.by_script:
            manner.by_script[key] = self._choose(manner.name, lambda: [language, self._wanted.default_language], script)
        return manner.by_script[key]

    def _manner(self, style: Style) -> _Manner:
        key = (style.voice, style.language)
        if key not in self._manners:
            name = style.voice or self._wanted.name
            script = self._script if key == (None, None) else self._script_of(key)
            chosen = self._choose(name, lambda: [style.language or self._guessed, self._wanted.default_language], script)
            self._manners[key] = _Manner(chosen, name)
        return self._manners[key]

    def _script_of(self, key: tuple[str | None, str | None]) -> str | None:
        """What most of that is written in which is said in this voice and language."""
        says = [part for part in self._parts if isinstance(part, Say)]
        text = "".join(one.passage.said for one in says if (one.style.voice, one.style.language) == key)
        return next(iter(letters_by_script(text)), None)

    def _choose(self, name: str | None, guess_languages: Callable[[], Sequence[str]], script: str | None) -> ChosenVoice:
        return self._voices.choose(name, self._wanted.model, guess_languages, script, self._wanted.detour)


def _bare(passage: Passage, begin: int, end: int) -> Passage:
    """A part of `passage`, without the white space around it."""
    text = passage.said[begin:end]
    return passage.slice(begin + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip()))


def _ends_sentence(text: str) -> bool:
    bare = text.rstrip(" \t\"'”’»)]")
    return not bare or bare[-1] in ".!?…。！？\n"


def _silence(part: Say, offset: int, before: tuple[Say, int] | None, *, goes_on: bool) -> float:
    """The natural pause before what stands at `offset`."""
    if goes_on:
        return CLAUSE_SECONDS
    between = part.passage.said[before[1] : offset] if before is not None and before[0] is part else part.passage.said[:offset]
    return PARAGRAPH_SECONDS if between.count("\n") > 0 else SENTENCE_SECONDS
