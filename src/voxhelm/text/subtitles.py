"""Subtitle files."""

from collections.abc import Iterable, Iterator
from typing import Final

from voxhelm.domain.segment import Segment
from voxhelm.text.cues import Cue, CueOptions, cues

_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def to_srt(segments: Iterable[Segment], options: CueOptions | None = None) -> str:
    """A whole SubRip file."""
    return "".join(srt(cues(segments, options)))


def to_vtt(segments: Iterable[Segment], options: CueOptions | None = None) -> str:
    """A whole WebVTT file."""
    return "".join(vtt(cues(segments, options)))


def srt(shown: Iterable[Cue]) -> Iterator[str]:
    """Yield a SubRip file, a cue at a time. The format has no escapes, so an arrow in the text becomes another one."""
    for number, cue in enumerate(shown, start=1):
        text = "\n".join(cue.lines).replace("-->", "→")
        yield f"{number}\n{_times(cue, ',')}\n{text}\n\n"


def vtt(shown: Iterable[Cue]) -> Iterator[str]:
    """Yield a WebVTT file: its header, then a cue at a time."""
    yield "WEBVTT\n\n"
    for cue in shown:
        text = "\n".join(cue.lines).translate(_ESCAPED)
        yield f"{_times(cue, '.')}\n{text}\n\n"


def _times(cue: Cue, point: str) -> str:
    """Both formats want a cue to last, be it a millisecond."""
    start = _milliseconds(cue.start_seconds)
    end = max(start + 1, _milliseconds(cue.end_seconds))
    return f"{_clock(start, point)} --> {_clock(end, point)}"


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _clock(milliseconds: int, point: str) -> str:
    """Hours have two digits, and more when they need them."""
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"
