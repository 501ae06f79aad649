"""Segments into pieces that fit on a screen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voxhelm.domain.segment import Segment
from voxhelm.text.transcript import separator

_PIECE: Final = re.compile(r"[^\s、。，！？；：]+[、。，！？；：]*|[、。，！？；：]+")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟][\"'”’»)\]]*\Z")
_CLAUSE_END: Final = re.compile(r"[,;:–—、，；：،؛][\"'”’»)\]]*\Z")
_OPENING: Final = frozenset("\"'“„«‘‹([{¿¡")
_PAUSE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class CueOptions:
    """How much a viewer can read at a time.

    characters_per_line, lines: what broadcasters allow.
    longest_seconds: after this, text that stays is read twice.
    shortest_seconds: less is a flash; a cue stays that long where the next one leaves room.
    gap_seconds: kept free between cues that follow each other closely, so that the change is seen.
    joined_gap_seconds: a pause shorter than this is no pause to a viewer: the cue stays until the next one, but for the gap.
    characters_per_second: a cue stays as long as reading it takes, where the next one leaves room.
    """

    characters_per_line: int = 42
    lines: int = 2
    longest_seconds: float = 7.0
    shortest_seconds: float = 1.0
    gap_seconds: float = 0.08
    joined_gap_seconds: float = 0.4
    characters_per_second: float = 17.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle.

    lines: as they are shown, without white space around them.
    start_seconds, end_seconds: from the beginning of the audio.
    speaker: who says it, None where nobody told speakers apart.
    """

    lines: tuple[str, ...]
    start_seconds: float
    end_seconds: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or as much of one as fits on a line. spaced: whether white space stands before it."""

    text: str
    start_seconds: float
    end_seconds: float
    spaced: bool


def cues(segments: Iterable[Segment], options: CueOptions | None = None) -> Iterator[Cue]:
    """Yield each segment as one cue, or as several when it is too long, as the segments come.

    A long one is divided behind a sentence, else a clause, else at a pause, else where it is full; by the times of its words when
    it has them, else by its letters, as if they were spoken evenly. One that is too short to be read goes together with its neighbour,
    where the same speaker goes on and both fit.
    """
    limits = options or CueOptions()
    for segment in _readable(segments, limits):
        for group in _groups(_pieces(segment, limits), limits):
            yield Cue(_balanced(group, limits), group[0].start_seconds, group[-1].end_seconds, segment.speaker)


def _readable(segments: Iterable[Segment], limits: CueOptions) -> Iterator[Segment]:
    """The segments, flashes joined to what stands beside them."""
    last: Segment | None = None
    for segment in segments:
        if last is not None:
            both = _together(last, segment, limits)
            if both is not None:
                last = both
                continue
            yield last
        last = segment
    if last is not None:
        yield last


def _together(first: Segment, second: Segment, limits: CueOptions) -> Segment | None:
    """Both as one, if one of them is a flash, hardly a pause is between them, and they fit on the screen."""
    shorter_seconds = min(one.end_seconds - one.start_seconds for one in (first, second))
    pause_seconds = second.start_seconds - first.end_seconds
    if (
        shorter_seconds >= limits.shortest_seconds
        or not 0 <= pause_seconds < limits.joined_gap_seconds
        or first.speaker != second.speaker
    ):
        return None
    words = (*first.words, *second.words) if first.words and second.words else ()
    text = first.text.strip() + separator(first.text.strip(), second.text.strip()) + second.text.strip()
    both = replace(first, text=text, end_seconds=second.end_seconds, words=words)
    pieces = _pieces(both, limits)
    return both if pieces and _fits(pieces, limits) else None


def _pieces(segment: Segment, limits: CueOptions) -> list[_Piece]:
    pieces: list[_Piece] = []
    for begin, end, start_seconds, end_seconds in _timed_spans(segment):
        for first in range(begin, end, limits.characters_per_line):
            last = min(end, first + limits.characters_per_line)
            seconds_per_character = (end_seconds - start_seconds) / (end - begin)
            pieces.append(
                _Piece(
                    " ".join(segment.text[first:last].split()),
                    start_seconds + (first - begin) * seconds_per_character,
                    end_seconds if last == end else start_seconds + (last - begin) * seconds_per_character,
                    spaced=first > 0 and segment.text[first - 1].isspace(),
                )
            )
    return pieces


def _timed_spans(segment: Segment) -> Iterator[tuple[int, int, float, float]]:
    """Where each word of the text begins and ends, in characters and in seconds."""
    starts = _word_starts(segment)
    if starts is None:
        seconds_per_character = (segment.end_seconds - segment.start_seconds) / max(1, len(segment.text))
        for match in _PIECE.finditer(segment.text):
            begin, end = match.span()
            yield (
                begin,
                end,
                segment.start_seconds + begin * seconds_per_character,
                segment.start_seconds + end * seconds_per_character,
            )
        return
    for word, begin, following in zip(segment.words, starts, [*starts[1:], len(segment.text)], strict=True):
        yield begin, begin + len(segment.text[begin:following].rstrip()), word.start_seconds, word.end_seconds


def _word_starts(segment: Segment) -> list[int] | None:
    """Where the timed words stand in the text, its punctuation included; None when they are not the text's words."""
    starts: list[int] = []
    searched = 0
    for word in segment.words:
        bare = word.text.strip()
        found = segment.text.find(bare, searched) if bare else -1
        if found < 0:
            return None
        while found > searched and segment.text[found - 1] in _OPENING:
            found -= 1
        starts.append(found)
        searched = segment.text.index(bare, found) + len(bare)
    if not starts:
        return None
    starts[0] = len(segment.text) - len(segment.text.lstrip())
    return starts


def _groups(pieces: Sequence[_Piece], limits: CueOptions) -> Iterator[Sequence[_Piece]]:
    rest = pieces
    while rest:
        count = 1
        while count < len(rest) and _fits(rest[: count + 1], limits):
            count += 1
        cut = count if count == len(rest) else _best_cut(rest, count, limits)
        yield rest[:cut]
        rest = rest[cut:]


def _fits(group: Sequence[_Piece], limits: CueOptions) -> bool:
    if group[-1].end_seconds - group[0].start_seconds > limits.longest_seconds:
        return False
    if len(group) > limits.lines * limits.characters_per_line:
        return False  # without wrapping hours of them to see it
    return len(_wrapped(group, limits.characters_per_line)) <= limits.lines


def _best_cut(pieces: Sequence[_Piece], fitting: int, limits: CueOptions) -> int:
    """After how many of the `fitting` pieces to cut: at least half of them, so that no cue is a flash.

    What is left over, if it fits on a screen of its own, is to be no flash either: then, of equally good places, the one in the middle.
    """
    candidates = [count for count in range((fitting + 1) // 2, fitting + 1) if _fits(pieces[count:], limits)]
    characters = [len(piece.text) for piece in pieces] if candidates else []

    def worth(count: int) -> tuple[int, int]:
        place = _place(pieces[count - 1], pieces[count])
        if candidates:
            return place, -abs(sum(characters[:count]) - sum(characters[count:]))
        return place, count

    return max(candidates or range((fitting + 1) // 2, fitting + 1), key=worth)


def _place(last: _Piece, coming: _Piece) -> int:
    """How good a place between two pieces is to cut: behind a sentence, a clause, at a pause, anywhere."""
    if _SENTENCE_END.search(last.text):
        return 3
    if _CLAUSE_END.search(last.text):
        return 2
    return int(coming.start_seconds - last.end_seconds >= _PAUSE_SECONDS)


def _wrapped(group: Sequence[_Piece], width: int) -> list[str]:
    lines = [group[0].text]
    for piece in group[1:]:
        longer = lines[-1] + (" " if piece.spaced else "") + piece.text
        if len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(piece.text)
    return lines


def _balanced(group: Sequence[_Piece], limits: CueOptions) -> tuple[str, ...]:
    """Lines of about equal length: the narrowest that need no further line."""
    lines = _wrapped(group, limits.characters_per_line)
    for width in range(sum(map(len, lines)) // len(lines), limits.characters_per_line):
        narrower = _wrapped(group, width)
        if len(narrower) == len(lines):
            return tuple(narrower)
    return tuple(lines)
