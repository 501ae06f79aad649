"""Subtitle files."""

from collections.abc import Iterable, Iterator
from typing import Final

from voxhelm.domain.segment import Segment
from voxhelm.text.cues import Cue, CueOptions, cues
from voxhelm.text.showing import shown

_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def to_srt(segments: Iterable[Segment], options: CueOptions | None = None) -> str:
    """A whole SubRip file."""
    return "".join(srt(_displayed(segments, options)))


def to_vtt(segments: Iterable[Segment], options: CueOptions | None = None) -> str:
    """A whole WebVTT file."""
    return "".join(vtt(_displayed(segments, options)))


def _displayed(segments: Iterable[Segment], options: CueOptions | None) -> Iterator[Cue]:
    """The cues of all segments in order of their beginnings, as players want them: where two speak at once, segments overlap."""
    return shown(sorted(cues(segments, options), key=lambda cue: cue.start_seconds), options)


def srt(displayed: Iterable[Cue]) -> Iterator[str]:
    """Yield a SubRip file, a cue at a time. The format has no escapes, so an arrow in the text becomes another one."""
    for number, cue in enumerate(displayed, start=1):
        text = "\n".join(cue.lines).replace("-->", "→")
        yield f"{number}\n{_times(cue, ',')}\n{text}\n\n"


def vtt(displayed: Iterable[Cue]) -> Iterator[str]:
    """Yield a WebVTT file: its header, then a cue at a time, as a voice of its own where the speaker is known."""
    yield "WEBVTT\n\n"
    for cue in displayed:
        text = "\n".join(cue.lines).translate(_ESCAPED)
        if cue.speaker is not None:
            text = f"<v {' '.join(cue.speaker.translate(_ESCAPED).split())}>{text}"
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
