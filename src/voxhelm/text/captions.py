"""What was said as captions."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.text.cues import cues
from voxhelm.text.subtitles import to_srt, to_vtt


class CaptionFormat(StrEnum):
    """How captions are written. json has the single words as well."""

    SRT = "srt"
    VTT = "vtt"
    JSON = "json"


def captions_of(segments: Sequence[Segment], caption_format: CaptionFormat) -> str | dict[str, Any]:
    """The captions of `segments`, a file's text or an object for JSON."""
    match caption_format:
        case CaptionFormat.SRT:
            return to_srt(segments)
        case CaptionFormat.VTT:
            return to_vtt(segments)
        case CaptionFormat.JSON:
            return {
                "cues": [
                    {"text": "\n".join(cue.lines), "start": _milliseconds(cue.start_seconds), "end": _milliseconds(cue.end_seconds)}
                    for cue in cues(segments)
                ],
                "words": [word_of(word) for segment in segments for word in segment.words],
            }


def caption_file(segments: Sequence[Segment], caption_format: CaptionFormat) -> str:
    """The same as the text of a file."""
    captions = captions_of(segments, caption_format)
    return captions if isinstance(captions, str) else json.dumps(captions, ensure_ascii=False) + "\n"


def word_of(word: Word) -> dict[str, Any]:
    """A word with its times in seconds and the place of its first character in the text."""
    return {
        "word": word.text,
        "start": _milliseconds(word.start_seconds),
        "end": _milliseconds(word.end_seconds),
        "offset": word.text_offset,
        "estimated": word.estimated,
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds, 3)
