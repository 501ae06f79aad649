"""What is asked of the network, and what it answers."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.engines.whisper.judgement import Transcript
from voxhelm.engines.whisper.timestamps import Writing
from voxhelm.engines.whisper.wording import TimedWord

FRAMES: Final = 3000
"""Of a hundredth of a second, in what the network looks at."""
FRAMES_PER_SECOND: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A window to be heard.

    features: shape (mels, FRAMES). frames: how many of them are sound.
    prefix: tokens that stand before, as text that was said.
    language: ISO 639-1; None to find out. languages: found among these only; empty for any.
    expected: the language taken for it where the window alone does not tell with certainty.
    translated: whether English is wanted, whatever is spoken.
    temperature: None for as much as it takes. word_times: whether all words are to be found in time.
    """

    features: NDArray[np.float32]
    frames: int
    prefix: tuple[int, ...] = ()
    language: str | None = None
    translated: bool = False
    temperature: float | None = None
    word_times: bool = False
    languages: tuple[str, ...] = ()
    expected: str | None = None

    @property
    def key(self) -> Hashable:
        """Jobs of equal keys can be heard together: their prompts are equally long, and they are tried at the same temperatures."""
        return len(self.prefix), self.temperature


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer.

    writing: the transcript, divided into spans; without any when nobody spoke.
    words: those of each span, where they were asked for or the span is too long to be shown as it is; else empty.
    language: ISO 639-1. language_probability: 1 when it was given.
    """

    transcript: Transcript
    writing: Writing
    words: tuple[tuple[TimedWord, ...], ...]
    language: str
    language_probability: float
