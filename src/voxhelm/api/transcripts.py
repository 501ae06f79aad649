"""A transcript in OpenAI's wire formats."""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.serving.hear import Hearing
from voxhelm.text.cues import CueOptions
from voxhelm.text.language_names import NAMES
from voxhelm.text.subtitles import to_srt, to_vtt
from voxhelm.text.transcript import ParagraphOptions, joined, separator

# OpenAI counts heard sound in tokens of 100 ms.
INPUT_TOKENS_PER_SECOND: Final = 10
# Whisper's frame, in which OpenAI counts `seek`.
SEEK_PER_SECOND: Final = 100
# What is certainly wrong has no logarithm.
LEAST_PROBABILITY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a transcript is to be written. log_probabilities: of words, in JSON and events."""

    granularities: tuple[str, ...] = ("segment",)
    cues: CueOptions = field(default_factory=CueOptions)
    paragraphs: ParagraphOptions = field(default_factory=ParagraphOptions)
    log_probabilities: bool = False
    task: str = "transcribe"


@dataclass(frozen=True, slots=True)
class Heard:
    """A complete transcript. language: ISO 639-1, of most of it. duration_seconds: of the recording."""

    segments: tuple[Segment, ...]
    language: str
    duration_seconds: float

    @property
    def text(self) -> str:
        """All of it, as running text."""
        return joined(self.segments)

    @property
    def languages(self) -> list[str]:
        """What was spoken, in order of appearance; nothing when nobody spoke."""
        return list(dict.fromkeys(segment.language or self.language for segment in self.segments))


async def collect(hearing: Hearing) -> Heard:
    """Hear to the end."""
    return heard_by(hearing, [segment async for segment in hearing.segments])


def heard_by(hearing: Hearing, segments: list[Segment]) -> Heard:
    """The transcript of a hearing that has come to its end."""
    return Heard(tuple(segments), _language(hearing, segments), hearing.progress.audio_seconds)


def as_json(heard: Heard, rendering: Rendering) -> dict[str, Any]:
    """`response_format=json`."""
    body: dict[str, Any] = {"text": joined(heard.segments, rendering.paragraphs), "languages": _codes(heard)}
    if rendering.log_probabilities:
        body["logprobs"] = [entry for segment in heard.segments for entry in log_probabilities(segment)]
    return body | {"usage": _duration_usage(heard)}


def as_verbose_json(heard: Heard, rendering: Rendering) -> dict[str, Any]:
    """`response_format=verbose_json`, with `segments` and `words` as asked for."""
    body: dict[str, Any] = {
        "task": rendering.task,
        # An engine of somebody else's may know a language that we have no name for.
        "language": NAMES.get(heard.language, heard.language).lower(),
        "duration": round(heard.duration_seconds, 3),
        "text": joined(heard.segments, rendering.paragraphs),
    }
    granularities = rendering.granularities
    if "segment" in granularities or "word" not in granularities:
        body["segments"] = [_segment(number, segment) for number, segment in enumerate(heard.segments)]
    if "word" in granularities:
        body["words"] = [_word(word) for segment in heard.segments for word in segment.words]
    body["usage"] = _duration_usage(heard)
    return body


def as_diarized_json(heard: Heard, rendering: Rendering) -> dict[str, Any]:
    """`response_format=diarized_json`."""
    return {
        "task": rendering.task,
        "duration": round(heard.duration_seconds, 3),
        "text": joined(heard.segments, rendering.paragraphs),
        "segments": [spoken_segment(number, segment) for number, segment in enumerate(heard.segments)],
        "usage": _duration_usage(heard),
    }


def as_srt(heard: Heard, rendering: Rendering) -> str:
    """`response_format=srt`."""
    return to_srt(heard.segments, rendering.cues)


def as_vtt(heard: Heard, rendering: Rendering) -> str:
    """`response_format=vtt`."""
    return to_vtt(heard.segments, rendering.cues)


def done_event(heard: Heard, rendering: Rendering) -> dict[str, Any]:
    """The last event of a stream. Its usage is in tokens because clients of streams read nothing else."""
    input_tokens = round(heard.duration_seconds * INPUT_TOKENS_PER_SECOND)
    text = joined(heard.segments, rendering.paragraphs)
    output_tokens = len(text.split())
    body: dict[str, Any] = {"type": "transcript.text.done", "text": text, "languages": _codes(heard)}
    if rendering.log_probabilities:
        body["logprobs"] = [entry for segment in heard.segments for entry in log_probabilities(segment)]
    body["usage"] = {
        "type": "tokens",
        "input_tokens": input_tokens,
        "input_token_details": {"audio_tokens": input_tokens, "text_tokens": 0},
        "output_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
    }
    return body


def spoken_segment(number: int, segment: Segment) -> dict[str, Any]:
    """A segment with its speaker: of `diarized_json`, and an event of its own in a stream."""
    return {
        "type": "transcript.text.segment",
        "id": segment_id(number),
        "start": round(segment.start_seconds, 3),
        "end": round(segment.end_seconds, 3),
        "speaker": segment.speaker or "A",
        "text": segment.text.strip(),
    }


def timed_segment(number: int, segment: Segment, rendering: Rendering) -> dict[str, Any]:
    """A segment as `verbose_json` has it, an event of its own in a stream, with its words if they are asked for."""
    body = {"type": "transcript.segment", **_segment(number, segment)}
    return body | {"words": [_word(word) for word in segment.words]} if "word" in rendering.granularities else body


def segment_id(number: int) -> str:
    """What a segment with a speaker is called."""
    return f"seg_{number:06}"


def log_probabilities(segment: Segment) -> Iterator[dict[str, Any]]:
    """One entry for each word of which the engine says how sure it is, with the white space before it."""
    before = ""
    for word in segment.words:
        token = separator(before, word.text) + word.text
        before = word.text
        if word.confidence is not None:
            logarithm = math.log(max(LEAST_PROBABILITY, word.confidence))
            yield {"token": token, "bytes": list(token.encode()), "logprob": round(logarithm, 6)}


def _language(hearing: Hearing, segments: list[Segment]) -> str:
    """What was given, else what was spoken longest, else what the model hears first of all."""
    if hearing.language is not None:
        return hearing.language
    spoken_seconds: dict[str, float] = {}
    for segment in segments:
        if segment.language is not None:
            lasting_seconds = segment.end_seconds - segment.start_seconds
            spoken_seconds[segment.language] = spoken_seconds.get(segment.language, 0.0) + lasting_seconds
    return max(spoken_seconds, key=lambda language: spoken_seconds[language]) if spoken_seconds else hearing.spec.languages[0]


def _codes(heard: Heard) -> list[dict[str, str]]:
    return [{"code": language} for language in heard.languages]


def _duration_usage(heard: Heard) -> dict[str, Any]:
    return {"type": "duration", "seconds": round(heard.duration_seconds, 3)}


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """OpenAI's type has no null, so what an engine does not report is 0. What it does not know is left out when it is not known."""
    body: dict[str, Any] = {
        "id": number,
        "seek": round(segment.start_seconds * SEEK_PER_SECOND),
        "start": round(segment.start_seconds, 3),
        "end": round(segment.end_seconds, 3),
        "text": segment.text,
        "tokens": list(segment.tokens),
        "temperature": segment.temperature or 0.0,
        "avg_logprob": segment.average_log_probability or 0.0,
        "compression_ratio": _compression_ratio(segment.text),
        "no_speech_prob": segment.no_speech_probability or 0.0,
    }
    if segment.language is not None:
        body["language"] = segment.language
    if segment.speaker is not None:
        body["speaker"] = segment.speaker
    return body


def _word(word: Word) -> dict[str, Any]:
    body: dict[str, Any] = {"word": word.text, "start": round(word.start_seconds, 3), "end": round(word.end_seconds, 3)}
    return body if word.confidence is None else body | {"probability": round(word.confidence, 4)}


def _compression_ratio(text: str) -> float:
    """How well the text compresses: Whisper's sign of a recogniser that repeats itself."""
    data = text.encode()
    return round(len(data) / len(zlib.compress(data)), 3) if data else 0.0
