"""What there is to learn from."""

from itertools import islice
from typing import Any, Final

import numpy as np

from scripts.digit_whisper.speech import LONGEST, Example, Recording, Speakers, example, quiet, strings, varied

_VARIANTS: Final = 2
_QUIET_SHARE: Final = 0.05
_PAUSE_SHARE: Final = 0.15
_COMMA_SHARE: Final = 0.2


def material(speakers: Speakers, extractor: Any, recordings: int, random: np.random.Generator) -> list[Example]:
    """Examples of all voices, each recording in more than one way, and some in which nobody speaks. extractor: faster-whisper's."""
    examples: list[Example] = []
    for index, digits in enumerate(islice(strings(random, examination=False), recordings)):
        said = _said(speakers, speakers.voices[index % len(speakers.voices)], digits, random)
        examples += [example(varied(said, random), extractor) for _ in range(_VARIANTS)]
    examples += [example(quiet(random), extractor) for _ in range(round(_QUIET_SHARE * recordings))]
    return examples


def _said(speakers: Speakers, voice: str, digits: tuple[int, ...], random: np.random.Generator) -> Recording:
    """In one go, or with a pause somewhere, as between two utterances that share a window."""
    speed = float(random.uniform(0.8, 1.3))
    commas = {index for index in range(LONGEST) if random.random() < _COMMA_SHARE}
    if len(digits) > 1 and random.random() < _PAUSE_SHARE:
        cut = int(random.integers(1, len(digits)))
        before, behind = (speakers.say(part, voice, speed=speed, pauses=commas) for part in (digits[:cut], digits[cut:]))
        return before.then(behind, random.uniform(0.0, 1.3))
    return speakers.say(digits, voice, speed=speed, pauses=commas)
