"""Whether a transcript of a window is to be believed."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST_LOG_PROBABILITY: Final = -1.0
"""Averaged over the tokens; below, the network was guessing."""

MOST_COMPRESSION: Final = 2.4
"""Text that shrinks more says the same again and again."""

MOST_NO_SPEECH: Final = 0.6
"""Above, and when it was guessing too, nobody spoke. These three are Whisper's own."""

TEMPERATURES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Tried in turn, each with more chance in it, until a transcript can be believed."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the network wrote for a window, once.

    tokens: text and moments. compression: how many times smaller its text can be made.
    average_log_probability, no_speech_probability, temperature: as Whisper defines them.
    """

    tokens: tuple[int, ...]
    compression: float
    average_log_probability: float
    no_speech_probability: float
    temperature: float

    @property
    def silent(self) -> bool:
        """Whether nobody spoke, so that the text is invented."""
        return self.no_speech_probability > MOST_NO_SPEECH and self.average_log_probability < LEAST_LOG_PROBABILITY

    @property
    def believable(self) -> bool:
        """Whether another try is needless."""
        likely = self.average_log_probability >= LEAST_LOG_PROBABILITY
        return self.silent or (likely and self.compression <= MOST_COMPRESSION)


def compression_of(text: str) -> float:
    """How many times smaller `text` can be made."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def best(tries: Sequence[Transcript]) -> Transcript:
    """The last, if it is believable, else the likeliest of those that do not repeat themselves, else the likeliest."""
    if tries[-1].believable:
        return tries[-1]
    varied = [one for one in tries if one.compression <= MOST_COMPRESSION]
    return max(varied or tries, key=lambda one: one.average_log_probability)


def ladder(temperature: float | None) -> Sequence[float]:
    """The temperatures to try. 0 is what clients send that want no chance: OpenAI lets it rise when need be, as with none given."""
    return (temperature,) if temperature else TEMPERATURES
