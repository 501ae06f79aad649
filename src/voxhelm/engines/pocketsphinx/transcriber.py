"""Utterances into words."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import EngineFailed, LanguageUnsupported
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.engines.pocketsphinx.decoder import FRAMES_PER_SECOND, SAMPLE_RATE_HZ, Token
from voxhelm.engines.pocketsphinx.pool import DecoderPool

LONGEST_UTTERANCE_SECONDS: Final = 20.0
"""A search cannot be interrupted. In noise it takes half of the utterance's length, so this keeps a core busy for at most ten
seconds after the caller has gone; and twenty seconds are plenty for the cepstral mean."""

_LANGUAGE: Final = "en"
_PAUSE_FRAMES: Final = FRAMES_PER_SECOND // 2  # half a second without a word is where a sentence or a subtitle ends
LEAST_LOG_PROBABILITY: Final = -4.0
"""Averaged over the words of a stretch; below, the search found nothing better and nothing good. Music that the voice detector takes for a
word or two is at -5, the worst of the reference recordings at -1.9."""
_PRONUNCIATION: Final = re.compile(r"\(\d+\)$")  # `to(3)` is the third way to say `to`


class PocketSphinxTranscriber:
    """Hears English in utterances of up to twenty seconds. Any number of threads may call; the pool says how many run."""

    def __init__(self, pool: DecoderPool) -> None:
        self._pool = pool

    def transcribe(self, audio: Iterator[Pcm], options: TranscribeOptions, /) -> Iterator[Segment]:
        """Yield the segments of `audio`, 16 kHz, one per stretch between pauses of half a second, but for those that are surely invented.

        The audio is read to its end, or to the longest utterance, before it is searched; a caller that leaves while it is being
        read ends the work there. Longer audio is heard as consecutive utterances, with a chance of cutting through a word.
        `prompt`, `keywords` and `temperature` have no use here: the language model is fixed and cannot be biased towards words,
        and a word that is not in the dictionary has no pronunciation. Raises `LanguageUnsupported` for anything but English.
        """
        if options.language not in (None, _LANGUAGE):
            raise LanguageUnsupported(
                f"PocketSphinx hears English only, not {options.language!r}. Leave `language` out or use another model.",
                param="language",
            )
        for first_frame, samples in _utterances(audio):
            with self._pool.borrow() as decoder:
                tokens = decoder.decode(samples)
            for stretch in filter(_believable, _stretches(tokens)):
                yield _segment(stretch, first_frame, word_times=options.word_times)


def _utterances(audio: Iterator[Pcm]) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Pieces put together, each with the frame at which it begins."""
    longest = int(LONGEST_UTTERANCE_SECONDS * SAMPLE_RATE_HZ)
    samples_per_frame = SAMPLE_RATE_HZ // FRAMES_PER_SECOND
    start, pieces, held = 0, list[NDArray[np.int16]](), 0
    for pcm in audio:
        if pcm.rate_hz != SAMPLE_RATE_HZ:
            raise EngineFailed(f"PocketSphinx takes sound at {SAMPLE_RATE_HZ} Hz, not at {pcm.rate_hz} Hz.")
        pieces.append(pcm.samples)
        held += len(pcm.samples)
        if held < longest:
            continue
        joined = np.concatenate(pieces)
        while len(joined) >= longest:
            yield start // samples_per_frame, joined[:longest]
            start, joined = start + longest, joined[longest:]
        pieces, held = [joined], len(joined)
    if held:
        yield start // samples_per_frame, np.concatenate(pieces)


def _stretches(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Words without the fillers between them, divided at long pauses."""
    stretch: list[Token] = []
    for token in tokens:
        if token.word.startswith(("<", "[")):
            continue
        if stretch and token.start_frame - stretch[-1].end_frame >= _PAUSE_FRAMES:
            yield stretch
            stretch = []
        stretch.append(token)
    if stretch:
        yield stretch


def _believable(stretch: Sequence[Token]) -> bool:
    """Whether somebody spoke: a decoder finds words in everything, and knows how unlikely they are."""
    return _average_log_probability(stretch) >= LEAST_LOG_PROBABILITY


def _average_log_probability(stretch: Sequence[Token]) -> float:
    return sum(token.log_probability for token in stretch) / len(stretch)


def _segment(stretch: Sequence[Token], first_frame: int, *, word_times: bool) -> Segment:
    words = tuple(_word(token, first_frame) for token in stretch)
    return Segment(
        text=" ".join(word.text for word in words),
        start_seconds=words[0].start_seconds,
        end_seconds=words[-1].end_seconds,
        words=words if word_times else (),
        language=_LANGUAGE,
        average_log_probability=_average_log_probability(stretch),
    )


def _word(token: Token, first_frame: int) -> Word:
    return Word(
        text=_PRONUNCIATION.sub("", token.word),
        start_seconds=(first_frame + token.start_frame) / FRAMES_PER_SECOND,
        end_seconds=(first_frame + token.end_frame) / FRAMES_PER_SECOND,
        confidence=math.exp(token.log_probability),
    )
