"""Who says which sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.text.language import guess_language
from voxhelm.text.scripts import letters_by_script
from voxhelm.text.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and the voice that is to say it. offset: of the sentence's first character in the whole text."""

    text: str
    offset: int
    chosen: ChosenVoice


class Casting:
    """Gives every sentence of one text a voice.

    Most texts are in one script, and one voice says all of them. A sentence in another script than the text's goes to a voice of its own
    language when the voice was left to us, and to a model that can read it in any case.
    """

    def __init__(self, voices: VoiceBook, text: str, name: str | None, model: str, default_language: str) -> None:
        """Choose the voice of the text, and in a text of several scripts those of all its sentences.

        Raises what `VoiceBook.choose` raises, for any sentence: before anything has been said.
        """
        self._voices = voices
        self._text = text
        self._name = name
        self._model = model
        self._default_language = default_language
        counts = letters_by_script(text)
        self._script = next(iter(counts), None)
        self.chosen = self._choose([guess_language(text, default=default_language), default_language], self._script)
        self._lines = list(self._cast_each()) if len(counts) > 1 else None

    @property
    def egress_hosts(self) -> tuple[str, ...]:
        """Where parts of the text will be sent outside the LAN, each host once; empty when all of it stays."""
        cast = [self.chosen] if self._lines is None else [line.chosen for line in self._lines]
        return tuple(dict.fromkeys(one.spec.egress_host for one in cast if one.spec.egress_host is not None))

    def model_ids(self) -> list[str]:
        """Every model that has something to say, that of the text first."""
        others = [line.chosen.spec.id for line in self._lines or ()]
        return list(dict.fromkeys([self.chosen.spec.id, *others]))

    def lines(self) -> Iterator[Line]:
        """The sentences in order, found as they are needed."""
        if self._lines is not None:
            return iter(self._lines)
        return (Line(one.text, one.offset, self.chosen) for one in split_sentences(self._text, language=self.chosen.language))

    def _cast_each(self) -> Iterator[Line]:
        for sentence in split_sentences(self._text, language=self.chosen.language):
            counts = letters_by_script(sentence.text)
            script = next(iter(counts), self._script)
            chosen = self.chosen
            if script != self._script:
                language = guess_language(sentence.text, default=self._default_language)
                chosen = self._choose([language, self._default_language], script)
            yield Line(sentence.text, sentence.offset, chosen)

    def _choose(self, languages: list[str], script: str | None) -> ChosenVoice:
        return self._voices.choose(self._name, self._model, lambda: languages, script)
