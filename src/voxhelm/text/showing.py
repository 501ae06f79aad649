"""How long each subtitle stays."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voxhelm.text.cues import Cue, CueOptions


def shown(cues: Iterable[Cue], options: CueOptions | None = None) -> Iterator[Cue]:
    """Yield `cues` with ends that can be read: each stays as long as it takes to read it, as far as the next one leaves room.

    None begins at another time than it is said, none is shortened but to leave the gap, and what is said at the same time (by two
    speakers) is left alone.
    """
    limits = options or CueOptions()
    last: Cue | None = None
    for cue in cues:
        if last is not None:
            yield _until(last, cue, limits)
        last = cue
    if last is not None:
        yield replace(last, end_seconds=_read_seconds(last, limits))


def _until(cue: Cue, following: Cue, limits: CueOptions) -> Cue:
    """`cue` with the end that suits what follows it."""
    room_seconds = following.start_seconds - limits.gap_seconds
    if following.start_seconds < cue.end_seconds or room_seconds <= cue.start_seconds:
        return cue
    wanted_seconds = _read_seconds(cue, limits)
    if following.start_seconds - wanted_seconds < limits.joined_gap_seconds:
        latest_seconds = cue.start_seconds + limits.longest_seconds
        wanted_seconds = max(cue.end_seconds, min(room_seconds, latest_seconds))
    return replace(cue, end_seconds=min(wanted_seconds, room_seconds))


def _read_seconds(cue: Cue, limits: CueOptions) -> float:
    """When it can have been read: never before it has been said, and never later than it may stay."""
    reading_seconds = sum(map(len, cue.lines)) / limits.characters_per_second
    staying_seconds = min(limits.longest_seconds, max(limits.shortest_seconds, reading_seconds))
    return max(cue.end_seconds, cue.start_seconds + staying_seconds)
