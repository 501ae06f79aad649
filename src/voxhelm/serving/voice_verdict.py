"""Whether a voice is still what it was, judged by what was heard of it. No clock, no file: all that bears on it is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

# So many earlier results make the usual one.
LOOKED_AT: Final = 10


@dataclass(frozen=True, slots=True)
class QualityOptions:
    """What the operator tolerates.

    word_error_limit: wrong words for each that was said, from which on a voice is bad whatever it was before. limit_by_voice: the same
    for single voices, as `model/voice`. margin: by how much more than its own earlier results it may have wrong.
    bad_checks, good_checks: so many in a row make a voice degraded, and well again.
    """

    word_error_limit: float = 0.5
    margin: float = 0.15
    bad_checks: int = 2
    good_checks: int = 2
    limit_by_voice: tuple[tuple[str, float], ...] = ()

    def limit(self, voice: str) -> float:
        """The limit of a voice."""
        return dict(self.limit_by_voice).get(voice, self.word_error_limit)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a voice stands. row: how many checks in a row speak against that."""

    degraded: bool = False
    row: int = 0

    def after(self, *, bad: bool, options: QualityOptions) -> "Standing":
        """The standing after one more check."""
        if bad == self.degraded:
            return replace(self, row=0)
        needed = options.good_checks if self.degraded else options.bad_checks
        return Standing(not self.degraded) if self.row + 1 >= needed else replace(self, row=self.row + 1)


UNSHAKEN: Final = Standing()


def usual_rate(earlier: Sequence[float], limit: float) -> float | None:
    """What a voice usually has wrong, by its earlier results, the newest last; None when it was never within its limit."""
    good = [rate for rate in earlier if rate <= limit]
    return median(good[-LOOKED_AT:]) if good else None


def fault(rate: float, usual: float | None, limit: float, margin: float) -> str | None:
    """What is wrong with a voice of whose words so many were not understood; None when nothing is."""
    if rate > limit:
        return f"{rate:.0%} of its words were not understood, the limit is {limit:.0%}"
    if usual is not None and rate > usual + margin:
        return f"{rate:.0%} of its words were not understood, it used to be {usual:.0%}"
    return None
