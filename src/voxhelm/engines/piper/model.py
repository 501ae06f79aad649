"""A loaded voice file as a `Synthesizer`."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.speech import Speech
from voxhelm.engines.piper.load_options import LoadOptions
from voxhelm.engines.piper.narration import Said, SaidWord, narrate
from voxhelm.engines.piper.network import Network
from voxhelm.engines.piper.pace import Pace
from voxhelm.engines.piper.phonemizer import Phonemizer
from voxhelm.engines.piper.pieces import Piece, cut_phonemes, cut_text, literal
from voxhelm.engines.piper.voice_file import VoiceFile
from voxhelm.engines.piper.words import PlacedWord, groups, place_words
from voxhelm.text.notated import Notated, notate

SOUNDS: Final = re.compile(r"\[\[(.*?)\]\]")


class PiperSynthesizer:
    """Speaks with the speakers of one file, sentence by sentence. Callers take turns in the network, not for longer than a sentence."""

    def __init__(self, voice: VoiceFile, network: Network, phonemizer: Phonemizer, options: LoadOptions) -> None:
        """options: scales that replace the voice's own."""
        self._voice = voice
        self._network = network
        self._phonemizer = phonemizer
        self._speakers = {name.lower(): number for name, number in voice.speakers.items()}
        self._speakers.setdefault(voice.name.lower(), voice.default_speaker)
        self._noise = voice.noise if options.noise is None else options.noise
        self._length = voice.length if options.length is None else options.length
        self._duration_noise = voice.duration_noise if options.duration_noise is None else options.duration_noise

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as it is made. Raises VoiceNotFound or ParameterInvalid at once."""
        speaker = self._speakers.get(options.voice.lower())
        if speaker is None:
            raise VoiceNotFound(f"Piper's {self._voice.name} has no voice '{options.voice}'.", param="voice")
        pace = Pace.for_speed(options.speed)
        scales = (self._noise, self._length / pace.native, self._duration_noise)
        plain = literal(text)
        # A space would end the word for whoever follows the words.
        given = options.pronunciations if self._phonemizer.takes_ipa else ()
        notated = notate(plain, given, lambda ipa: ipa.replace(" ", ""))
        said = self._say(notated.text, speaker, scales, word_times=options.word_times)
        if notated.has_sounds:
            said = (Said(one.samples, [_in_text(plain, notated, word) for word in one.words]) for one in said)
        return narrate(said, self._voice.rate_hz, pace.stretch)

    def _say(self, text: str, speaker: int, scales: tuple[float, float, float], *, word_times: bool) -> Iterator[Said]:
        made_samples = 0
        for piece in cut_text(text):
            sentences = self._phonemizer.sentences(piece.text)
            # To find the words among the phonemes takes as long as all the rest but the network.
            words = deque(self._placed(piece, sentences) if word_times else ())
            places: list[int] = []
            for sentence in sentences:
                for start, stop in cut_phonemes(sentence):
                    samples, ends = self._run(sentence[start:stop], speaker, scales)
                    places.extend(made_samples + end for end in ends)
                    made_samples += len(samples)
                    if len(samples):
                        yield Said(samples, list(_ended(words, places, piece.offset)))

    def _placed(self, piece: Piece, sentences: list[list[str]]) -> list[PlacedWord]:
        if not (self._network.tells_durations and self._phonemizer.follows_words):
            return []
        # The punctuation around a word is taken off it, and with it the brackets that say that these are sounds.
        sounds = set(SOUNDS.findall(piece.text))
        return place_words(piece.text, sentences, lambda word: self._phonemizer.word(f"[[{word}]]" if word in sounds else word))

    def _run(self, phonemes: list[str], speaker: int, scales: tuple[float, float, float]) -> tuple[NDArray[np.int16], list[int]]:
        """The sound of `phonemes`, and where in it each of them begins and ends, in pairs; no places where they are not known."""
        if not groups([phonemes]):
            # Nothing but punctuation, which a voice would breathe at, loudly.
            return np.empty(0, dtype=np.int16), [0] * (2 * len(phonemes))
        ids, begins = self._phonemizer.ids(phonemes)
        samples, frames = self._network.run(ids, scales, speaker)
        if frames is None or not begins:
            return samples, []
        at = np.minimum(np.concatenate(([0], np.cumsum(frames))) * self._voice.frame_samples, len(samples)).astype(int)
        return samples, [int(at[place]) for pair in pairwise(begins) for place in pair]


def _in_text(text: str, notated: Notated, word: SaidWord) -> SaidWord:
    """The word as the caller wrote it, where its sounds were given."""
    begin, end = notated.span(word.offset, word.offset + len(word.text))
    return replace(word, text=text[begin:end], offset=begin)


def _ended(words: deque[PlacedWord], places: list[int], offset: int) -> Iterator[SaidWord]:
    """Take the words of which every phoneme has its place. Those that take no time are not told."""
    while words and 2 * words[0].end <= len(places):
        word = words.popleft()
        begin, end = places[2 * word.begin], places[2 * word.end - 1]
        if begin < end:
            yield SaidWord(word.text, offset + word.offset, begin, end)
