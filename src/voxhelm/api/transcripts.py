"""A transcript in OpenAI's wire formats."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Hearing
from voxhelm.text.language_names import NAMES
from voxhelm.text.subtitles import to_srt, to_vtt
from voxhelm.text.transcript import joined

# OpenAI counts heard sound in tokens of 100 ms.
INPUT_TOKENS_PER_SECOND: Final = 10
# Whisper's frame, in which OpenAI counts `seek`.
SEEK_PER_SECOND: Final = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """A complete transcript. language: ISO 639-1. duration_seconds: of the recording."""

    segments: tuple[Segment, ...]
    language: str
    duration_seconds: float

    @property
    def text(self) -> str:
        """All of it, as running text."""
        return joined(self.segments)


async def collect(hearing: Hearing) -> Heard:
    """Hear to the end."""
    heard = tuple([segment async for segment in hearing.segments])
    return Heard(heard, hearing.language, hearing.progress.audio_seconds)


def as_json(heard: Heard) -> dict[str, Any]:
    """`response_format=json`."""
    return {"text": heard.text, "usage": _duration_usage(heard)}


def as_verbose_json(heard: Heard, granularities: Sequence[str]) -> dict[str, Any]:
    """`response_format=verbose_json`, with `segments` and `words` as asked for."""
    body: dict[str, Any] = {
        "task": "transcribe",
        # An engine of somebody else's may know a language that we have no name for.
        "language": NAMES.get(heard.language, heard.language).lower(),
        "duration": round(heard.duration_seconds, 3),
        "text": heard.text,
    }
    if "segment" in granularities or "word" not in granularities:
        body["segments"] = [_segment(number, segment) for number, segment in enumerate(heard.segments)]
    if "word" in granularities:
        body["words"] = [
            {"word": word.text, "start": round(word.start_seconds, 3), "end": round(word.end_seconds, 3)}
            for segment in heard.segments
            for word in segment.words
        ]
    body["usage"] = _duration_usage(heard)
    return body


def as_srt(heard: Heard) -> str:
    """`response_format=srt`."""
    return to_srt(heard.segments)


def as_vtt(heard: Heard) -> str:
    """`response_format=vtt`."""
    return to_vtt(heard.segments)


def done_event(heard: Heard) -> dict[str, Any]:
    """The last event of a stream. Its usage is in tokens because clients of streams read nothing else."""
    input_tokens = round(heard.duration_seconds * INPUT_TOKENS_PER_SECOND)
    output_tokens = len(heard.text.split())
    return {
        "type": "transcript.text.done",
        "text": heard.text,
        "usage": {
            "type": "tokens",
            "input_tokens": input_tokens,
            "input_token_details": {"audio_tokens": input_tokens, "text_tokens": 0},
            "output_tokens": output_tokens,
            "total_tokens": input_tokens + output_tokens,
        },
    }


def _duration_usage(heard: Heard) -> dict[str, Any]:
    return {"type": "duration", "seconds": round(heard.duration_seconds, 3)}


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """OpenAI's type has no null, so what an engine does not report is 0."""
    return {
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


def _compression_ratio(text: str) -> float:
    """How well the text compresses: Whisper's sign of a recogniser that repeats itself."""
    data = text.encode()
    return round(len(data) / len(zlib.compress(data)), 3) if data else 0.0
