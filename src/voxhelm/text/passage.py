"""What is to be said, and what of the caller's text it stands for."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage.

    said: for the voice. written: as the caller meant it to be read, without markup.
    begin, end: where it stands in the caller's text, markup and all.
    exact: said, written and the caller's text agree in length, character by character; so a part of one is a part of the others.
    fixed: the caller has decided how it is said, so nothing rewrites it.
    ipa: how it sounds, for engines that can be told; the others say `said`.
    say_as: what kind of thing it is, in SSML's words; somebody has yet to write it out.
    """

    said: str
    written: str
    begin: int
    end: int
    exact: bool = True
    fixed: bool = False
    ipa: str | None = None
    say_as: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """`said[begin:end]` of a passage is to become `said`, or to sound like `ipa`."""

    begin: int
    end: int
    said: str
    ipa: str | None = None


@dataclass(frozen=True)
class Passage:
    """Pieces in order, said as one."""

    pieces: tuple[Piece, ...]

    @staticmethod
    def of(text: str, begin: int = 0) -> "Passage":
        """`text` as it stands at `begin` of the caller's."""
        return Passage((Piece(text, text, begin, begin + len(text)),))

    @cached_property
    def said(self) -> str:
        """The whole of what is said."""
        return "".join(piece.said for piece in self.pieces)

    @cached_property
    def written(self) -> str:
        """The whole as the caller meant it to be read."""
        return "".join(piece.written for piece in self.pieces)

    @cached_property
    def _said_starts(self) -> Sequence[int]:
        return tuple(accumulate((len(piece.said) for piece in self.pieces), initial=0))

    @cached_property
    def _written_starts(self) -> Sequence[int]:
        return tuple(accumulate((len(piece.written) for piece in self.pieces), initial=0))

    def slice(self, begin: int, end: int) -> "Passage":
        """What `said[begin:end]` is; a piece that is not exact comes whole with its first character, or not at all."""
        found: list[Piece] = []
        for index, first, last in self._touched(begin, end):
            piece = self.pieces[index]
            if not piece.exact:
                found += [piece] if first == 0 else []
            elif first == 0 and last == len(piece.said):
                found.append(piece)
            else:
                cut = replace(piece, said=piece.said[first:last], written=piece.written[first:last])
                found.append(replace(cut, begin=piece.begin + first, end=piece.begin + last))
        return Passage(tuple(found))

    def rewritten(self, edits: Iterable[Edit]) -> "Passage":
        """With `edits`, in order and apart, but for those that touch what is fixed."""
        pieces: list[Piece] = []
        done = 0
        for edit in edits:
            if edit.begin < done or any(piece.fixed for piece in self.slice(edit.begin, edit.end).pieces):
                continue
            replaced = self.slice(edit.begin, edit.end).pieces
            if not replaced:
                continue
            pieces += self.slice(done, edit.begin).pieces
            written = "".join(piece.written for piece in replaced)
            pieces.append(Piece(edit.said, written, replaced[0].begin, replaced[-1].end, exact=False, fixed=True, ipa=edit.ipa))
            done = edit.end
        if not done:
            return self
        pieces += self.slice(done, len(self.said)).pieces
        return Passage(tuple(pieces))

    def may_cut(self, at: int) -> bool:
        """Whether `said` may be divided at `at` without tearing a piece that belongs together."""
        index = bisect_right(self._said_starts, at) - 1
        return index >= len(self.pieces) or self._said_starts[index] == at or not self._whole(self.pieces[index])

    @staticmethod
    def _whole(piece: Piece) -> bool:
        return piece.fixed or not piece.exact

    def written_span(self, begin: int, end: int) -> tuple[int, int]:
        """The part of `written` that `said[begin:end]` stands for."""
        spans = list(self._translated(begin, end))
        return (spans[0][0], spans[-1][1]) if spans else (0, 0)

    def _translated(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        for index, first, last in self._touched(begin, end):
            piece, start = self.pieces[index], self._written_starts[index]
            yield (start + first, start + last) if piece.exact else (start, start + len(piece.written))

    def _touched(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The numbers of the pieces that `said[begin:end]` has a part of, each with the part: from, and before."""
        for index in range(max(0, bisect_right(self._said_starts, begin) - 1), len(self.pieces)):
            start = self._said_starts[index]
            if start >= end:
                return
            first, last = max(begin - start, 0), min(end - start, len(self.pieces[index].said))
            if first < last:
                yield index, first, last

    def source_offset(self, at: int) -> int:
        """Where in the caller's text the character `written[at]` stands."""
        index = max(0, min(bisect_right(self._written_starts, at) - 1, len(self.pieces) - 1))
        piece = self.pieces[index]
        # What was rewritten is whole for the voice, and still as long as it was for the eye.
        as_written = piece.end - piece.begin == len(piece.written)
        return piece.begin + (at - self._written_starts[index] if as_written else 0)
