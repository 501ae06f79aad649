"""A loaded eSpeak NG as a `Synthesizer`."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.speech import Speech
from voxhelm.engines.espeak.narration import Narration
from voxhelm.engines.espeak.pace import Pace
from voxhelm.engines.espeak.pieces import cut, literal
from voxhelm.engines.espeak.sounds import PhonemeTables
from voxhelm.engines.espeak.stretch import Stretch, can_stretch
from voxhelm.engines.espeak.voicebox import Order, Voicebox
from voxhelm.engines.espeak.voices import VoiceFiles
from voxhelm.text.notated import Notated, notate

NOTHING: Final[NDArray[np.int16]] = np.empty(0, dtype=np.int16)


class EspeakSynthesizer:
    """Speaks with every voice of `VoiceFiles`, any number of calls at once, which take turns.

    The same text does not give the same samples twice: the library's pitch flutters on from one call to the next. Durations agree
    to a hundredth of a second or so.
    """

    def __init__(self, voicebox: Voicebox, voices: VoiceFiles, sounds: PhonemeTables) -> None:
        """voicebox: open for as long as this is used."""
        self._sounds = sounds
        self._voicebox = voicebox
        self._voices = voices
        self._can_stretch = can_stretch(voicebox.library.native)

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as it is made. Raises VoiceNotFound or ParameterInvalid at once."""
        voice = self._voices.library_name(options.voice)
        pace = Pace.for_speed(options.speed, can_stretch=self._can_stretch)
        plain = literal(text)
        notated = notate(plain, options.pronunciations, lambda ipa: self._sounds.notation(ipa, voice))
        return self._speak(plain, notated, voice, pace)

    def _speak(self, text: str, notated: Notated, voice: str, pace: Pace) -> Iterator[Speech]:
        library = self._voicebox.library
        narration = Narration(text, library.rate_hz, pace.stretch)
        with ExitStack() as stack:
            stretch = None
            if pace.stretch != 1.0:
                stretch = stack.enter_context(Stretch(library.native, library.rate_hz, pace.stretch))
            for piece in cut(notated.text):
                order = Order(
                    piece.text, voice, pace.words_per_minute, pause_after=piece.ends_sentence, phonemes=notated.has_sounds
                )
                # Closed with this generator, not when it is collected: closing is what stops the work.
                with closing(self._voicebox.say(order)) as sounds:
                    for sound in sounds:
                        samples = np.frombuffer(sound.samples, dtype=np.int16)
                        narration.count(len(samples))
                        narration.mark(sound.marks, partial(_origin, notated, piece.offset))
                        yield from narration.speech(stretch.feed(samples) if stretch else samples)
                narration.end_piece()
            yield from narration.finish(stretch.finish() if stretch else NOTHING)


def _origin(notated: Notated, begin: int, offset: int) -> int:
    """Where in the caller's text a character of the piece stands that begins at `begin` of what the library is given."""
    return notated.origin(begin + offset)
