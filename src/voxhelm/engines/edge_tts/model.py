"""The service as a `Synthesizer`."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from voxhelm.domain.errors import ParameterInvalid, VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.speech import Speech
from voxhelm.engines.edge_tts.service import ask
from voxhelm.engines.edge_tts.voices import PATTERN

# What the service takes; beyond, its sound is stretched.
SLOWEST_NATIVE: Final = 0.5
FASTEST_NATIVE: Final = 2.0


class EdgeSynthesizer:
    """Keeps nothing between calls, each of which has a connection of its own."""

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as it arrives. Closing the generator closes the connection.

        Raises VoiceNotFound or ParameterInvalid at once, then what the service's answers are.
        """
        if PATTERN.fullmatch(options.voice) is None:
            raise VoiceNotFound(f"'{options.voice}' is no name of a voice, such as en-US-EmmaMultilingualNeural.", param="voice")
        if not 0.25 <= options.speed <= 4:
            raise ParameterInvalid(f"speed is {options.speed}, it must be from 0.25 to 4.", param="speed")
        return self._speak(text, options)

    def _speak(self, text: str, options: SynthesizeOptions) -> Iterator[Speech]:
        if not any(character.isalnum() for character in text):
            return
        from voxhelm.engines.edge_tts.narration import narrate

        native = min(max(options.speed, SLOWEST_NATIVE), FASTEST_NATIVE)
        # Closed with this generator, not when it is collected: that is what closes the connection.
        with closing(ask(text, options.voice, native)) as messages:
            yield from narrate(messages, text, options.speed / native)
