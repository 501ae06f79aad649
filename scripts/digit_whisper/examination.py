"""What a trained model makes of strings that it has never seen, heard by the engine as in production."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import jiwer
import numpy as np

from scripts.digit_whisper.speech import DIGITS, RATE_HZ, Recording, Speakers, strings
from voxhelm.domain.engine import Transcriber
from voxhelm.domain.model import Placement
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.engine import ENGINE


@dataclass(frozen=True, slots=True)
class Result:
    """digit_error_rate: digits that were wrong, missing or too many, of those that were said. strings_wrong: of all of them."""

    strings: int
    strings_wrong: int
    digit_error_rate: float
    word_time_errors_seconds: tuple[float, ...]


def examine(folder: Path, speakers: Speakers, count: int) -> Result:
    """Let the model in a folder hear `count` strings from all voices, each at several speeds. The strings are the same every time."""
    (spec,) = ENGINE.discover(folder)
    with ENGINE.load(spec, Placement()) as model:
        answers = [_heard(model, recording) for recording in _questions(speakers, count)]
    said, heard, errors = zip(*answers, strict=True)
    wrong = sum(one != other for one, other in zip(said, heard, strict=True))
    return Result(count, wrong, jiwer.wer(list(said), list(heard)), tuple(error for found in errors for error in found))


def _questions(speakers: Speakers, count: int) -> Iterator[Recording]:
    chosen = islice(strings(np.random.default_rng(4711), examination=True), count)
    for index, digits in enumerate(chosen):
        yield speakers.say(digits, speakers.voices[index % len(speakers.voices)], speed=(1.0, 0.9, 1.15)[index % 3])


def _heard(model: Transcriber, recording: Recording) -> tuple[str, str, list[float]]:
    """What was said, what was heard, and by how much each word's times are off, if all words are right."""
    samples = (recording.samples * 32_768).round().clip(-32_768, 32_767).astype(np.int16)
    segments = list(model.transcribe(iter([Pcm(samples, RATE_HZ)]), TranscribeOptions(word_times=True)))
    said, heard = " ".join(DIGITS[digit] for digit in recording.digits), " ".join(segment.text for segment in segments)
    if said != heard:
        return said, heard, []
    words = [word for segment in segments for word in segment.words]
    errors = [
        abs(found - true)
        for word, (start, end) in zip(words, recording.seconds, strict=True)
        for found, true in ((word.start_seconds, start), (word.end_seconds, end))
    ]
    return said, heard, errors
