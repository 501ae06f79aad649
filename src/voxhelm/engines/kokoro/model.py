"""A loaded Kokoro as a `Synthesizer`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import ParameterInvalid
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.domain.speech import Speech
from voxhelm.engines.kokoro.espeak import Espeak
from voxhelm.engines.kokoro.graph import RATE_HZ, Graph
from voxhelm.engines.kokoro.phonemes import phonemes_of
from voxhelm.engines.kokoro.pieces import cut
from voxhelm.engines.kokoro.silence import trimmed
from voxhelm.engines.kokoro.voices import Styles
from voxhelm.text.sentences import split_sentences

# Within these the network articulates; beyond, its sound is stretched.
SLOWEST_NATIVE: Final = 0.5
FASTEST_NATIVE: Final = 2.0
SENTENCE_PAUSE_SECONDS: Final = 0.25
PIECE_SECONDS: Final = 0.5
# The files of eSpeak NG's languages.
ESPEAK_VOICES: Final = {
    "en-us": "gmw/en-US",
    "en-gb": "gmw/en",
    "es": "roa/es",
    "fr-fr": "roa/fr",
    "hi": "inc/hi",
    "it": "roa/it",
    "ja": "jpx/ja",
    "pt-br": "roa/pt-BR",
    "zh": "sit/cmn",
}


class KokoroSynthesizer:
    """Speaks with every voice of a model and every mix of them; any number of calls at once, which take turns piece by piece."""

    def __init__(self, graph: Graph, styles: Styles, espeak: Espeak, vocabulary: dict[str, int]) -> None:
        """espeak: open for as long as this is used."""
        self._graph = graph
        self._styles = styles
        self._espeak = espeak
        self._vocabulary = vocabulary

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as it is made, sentence by sentence. Raises VoiceNotFound or ParameterInvalid at once.

        A speed from 0.5 to 2 is the network's own, beyond that its sound is stretched.
        """
        if not 0.25 <= options.speed <= 4:
            raise ParameterInvalid(f"speed is {options.speed}, it must be from 0.25 to 4.", param="speed")
        style, language = self._styles.of(options.voice)
        native = min(max(options.speed, SLOWEST_NATIVE), FASTEST_NATIVE) if self._graph.follows_speed else 1.0
        sound = self._sound(text, options.pronunciations, style, language, native)
        return self._speak(sound, options.speed / native)

    def _speak(self, sound: Iterator[Pcm], stretch: float) -> Iterator[Speech]:
        if stretch != 1.0:
            # Most calls never stretch, and FFmpeg takes some memory.
            from voxhelm.audio.tempo import at_tempo

            sound = at_tempo(sound, stretch)
        for pcm in sound:
            if len(pcm.samples):
                yield Speech(pcm)

    def _sound(
        self, text: str, given: Sequence[Pronunciation], style: NDArray[np.float32], language: str, native: float
    ) -> Iterator[Pcm]:
        pause = Pcm.silence(SENTENCE_PAUSE_SECONDS / native, RATE_HZ)
        voice = ESPEAK_VOICES[language]
        for sentence in split_sentences(text, language=language.partition("-")[0]):
            begin, end = sentence.offset, sentence.offset + len(sentence.text)
            inside = [replace(one, begin=one.begin - begin, end=one.end - begin) for one in given if begin <= one.begin < end]
            phonemes = phonemes_of(sentence.text, lambda clause: self._espeak.phonemes(clause, voice), self._vocabulary, inside)
            for piece in cut(phonemes):
                yield from self._say(piece, style, native)
            if phonemes:
                yield pause

    def _say(self, phonemes: str, style: NDArray[np.float32], native: float) -> Iterator[Pcm]:
        tokens = [self._vocabulary[symbol] for symbol in phonemes]
        # A voice has a style for every length, from one phoneme on.
        row = style[min(len(tokens), len(style)) - 1]
        made = trimmed(self._graph.run(tokens, row.reshape(1, -1), native), RATE_HZ)
        samples = np.clip(made * 32767, -32768, 32767).astype(np.int16)
        step = round(PIECE_SECONDS * RATE_HZ)
        for start in range(0, len(samples), step):
            yield Pcm(samples[start : start + step], RATE_HZ)
