"""Medians and ranges of repeated measurements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the range it came from."""

    middle: float
    low: float
    high: float

    def text(self, form: Callable[[float], str]) -> str:
        """The median, and the range when there is one."""
        if form(self.low) == form(self.high):
            return form(self.middle)
        return f"{form(self.middle)} ({form(self.low)} to {form(self.high)})"


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of `values`, None when there are none."""
    return Spread(median(values), min(values), max(values)) if values else None


def paired_ratios(values: Sequence[float], references: Sequence[float]) -> Spread | None:
    """The ratios of measurements that were taken next to each other: what drifted over the run cancels out. Failed ones are left out."""
    pairs = zip(values, references, strict=True)
    return spread([value / reference for value, reference in pairs if isfinite(value) and isfinite(reference) and reference > 0])


def milliseconds(seconds: float) -> str:
    """For people: `0.0123` seconds is `12.3`."""
    value = seconds * 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def per_second(rate: float) -> str:
    """For people: a rate with three figures."""
    return f"{rate:.1f}" if rate < 100 else f"{rate:.0f}"


def times(ratio: float) -> str:
    """For people: `1.25x`."""
    return f"{ratio:.2f}x"


def megabytes(count: float) -> str:
    """For people: bytes as MB, where one is a million bytes."""
    return f"{count / 1e6:.1f}"
