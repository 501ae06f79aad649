"""A loaded Flite as a `Synthesizer`."""

from collections.abc import Iterator

from voxhelm.domain.errors import LanguageUnsupported, ParameterInvalid, VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word
from voxhelm.engines.flite.installation import Installation
from voxhelm.engines.flite.library import Library, Said
from voxhelm.engines.flite.sentences import cut
from voxhelm.engines.flite.spelling import Spelling, spell


class FliteSynthesizer:
    """Speaks English, a sentence at a time; any number of calls at once, which take turns. The same text gives the same samples."""

    def __init__(self, library: Library, installation: Installation) -> None:
        """installation: what `library` was loaded from."""
        self._library = library
        self._voices = frozenset(installation.voices)

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield a piece per sentence. Raises VoiceNotFound, ParameterInvalid or LanguageUnsupported at once."""
        if options.voice not in self._voices:
            known = ", ".join(sorted(self._voices))
            raise VoiceNotFound(f"Flite has no voice '{options.voice}'. It has {known}.", param="voice")
        if not 0.25 <= options.speed <= 4:
            raise ParameterInvalid(f"speed is {options.speed}, it must be from 0.25 to 4.", param="speed")
        spelling = spell(text)
        if not spelling.has_words and any(character.isalpha() for character in text):
            # Flite would answer with silence.
            raise LanguageUnsupported(
                "Flite reads English only, and no letter of the text is a Latin one. Name another voice.", param="voice"
            )
        return self._speak(text, spelling, options)

    def _speak(self, text: str, spelling: Spelling, options: SynthesizeOptions) -> Iterator[Speech]:
        said_seconds = 0.0
        for start, end in cut(spelling.text):
            if not spelling.text[start:end].strip():
                continue
            said = self._library.say(spelling.text[start:end].encode("ascii"), options.voice, 1 / options.speed)
            if len(said.samples) == 0:
                # Brackets and quotes alone.
                continue
            pcm = Pcm(said.samples, said.rate_hz)
            yield Speech(pcm, tuple(_words(said, said_seconds, text, spelling, (start, end))))
            said_seconds += pcm.duration_seconds


def _words(said: Said, offset_seconds: float, text: str, spelling: Spelling, piece: tuple[int, int]) -> Iterator[Word]:
    cursor, end = piece
    duration_seconds = len(said.samples) / said.rate_hz
    for token in said.tokens:
        found = spelling.text.find(token.text, cursor, end)
        if found < 0:
            # Never seen; a word without a place would be worse than none.
            continue
        cursor = found + len(token.text)
        first, behind = spelling.origin_of(found, cursor)
        yield Word(
            text[first:behind],
            offset_seconds + token.start_seconds,
            # The models of some voices run a little over the sound.
            offset_seconds + min(token.end_seconds, duration_seconds),
            text_offset=first,
        )
