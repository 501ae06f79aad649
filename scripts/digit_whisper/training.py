"""Teaches the network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import autograd.numpy as np
import numpy
from autograd import value_and_grad

from scripts.digit_whisper.lessons import QUIET, Lesson, Vocabulary, lesson
from scripts.digit_whisper.network import Padding, Shape, Weights, decoded, encoded, initial
from scripts.digit_whisper.operations import Array, cross_entropy, linear
from scripts.digit_whisper.speech import Example

_BATCH: Final = 32
_ALIKE: Final = 200
"""Examples are learnt together with some of the so many that are about as long, so that little silence is."""
_PADDING: Final = 16
_RATE: Final = 3e-3
_WARMING_STEPS: Final = 50
_LONGEST_GRADIENT: Final = 1.0
_SOUNDING, _LISTENING = "sounding", 1e-5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far off the network is, in nats: in its text, in what it takes positions for, and in where it listens."""

    step: int
    text: float
    sounding: float
    listening: float


def train(
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    shape: Shape,
    steps: int,
    random: numpy.random.Generator,
    report: Callable[[Progress], None],
) -> Weights:
    """The weights after `steps` batches. `report` is called after each.

    Two things are taught beside the text, because flite tells when it says each word: what is heard at each position, by a layer
    that is not kept, and where the first head of two layers of the decoder listens. By itself it would find both out much later.
    """
    ordered = sorted(examples, key=lambda one: len(one.features))
    weights = initial(shape, len(vocabulary.tokens), vocabulary.moments, random)
    weights[f"{_SOUNDING}.weight"] = (0.1 * random.standard_normal((QUIET + 1, shape.width))).astype(numpy.float32)
    weights[f"{_SOUNDING}.bias"] = numpy.zeros(QUIET + 1, dtype=numpy.float32)
    parts: list[float] = []
    slope = value_and_grad(lambda weights, given, padding: _loss(weights, shape, given, padding, parts))
    adam = _Adam(weights)
    alike = min(_ALIKE, len(ordered))
    for step in range(1, steps + 1):
        first = random.integers(0, len(ordered) - alike + 1)
        chosen = random.choice(alike, min(_BATCH, alike), replace=False) + first
        given = lesson([ordered[index] for index in chosen], vocabulary)
        _, gradient = slope(weights, given, Padding.sample(given.features.shape[1] // 2, _PADDING, random))
        rate = _RATE * min(1.0, step / _WARMING_STEPS) * (0.5 + 0.5 * numpy.cos(numpy.pi * step / steps))
        weights = adam.stepped(weights, gradient, rate)
        report(Progress(step, *parts))
    return weights


def _loss(weights: Any, shape: Shape, given: Lesson, padding: Padding, parts: list[float]) -> Any:
    """What is to become small. `parts` is filled with what it is made of."""
    behind = ((0, 0), (0, 0), (0, len(padding.positions)))
    sound = encoded(weights, shape, given.features, padding)
    silence = numpy.zeros((len(given.features), len(padding.positions), QUIET + 1), dtype=numpy.float32)
    silence[:, :, QUIET] = 1
    heard = linear(sound, weights[f"{_SOUNDING}.weight"], weights[f"{_SOUNDING}.bias"])
    sounding = _mean(cross_entropy(heard, numpy.concatenate((given.sounding, silence), axis=1)), given.sounding)
    logits, listened = decoded(weights, shape, given.tokens, np.concatenate((sound, sound)), padding)
    text = _mean(cross_entropy(logits, given.wanted), given.wanted)
    listening = sum(
        _mean(-np.sum(_first_head(numpy.pad(wanted, behind), shape) * np.log(attention + numpy.float32(_LISTENING))), wanted)
        for attention, wanted in ((listened[0], given.last_heard), (listened[-1], given.next_heard))
    )
    parts[:] = (float(getattr(part, "_value", part)) for part in (text, sounding, listening))
    return text + numpy.float32(0.5) * sounding + numpy.float32(0.2) * listening


def _mean(total: Any, weighed: Array) -> Any:
    return total / numpy.float32(max(1.0, weighed.sum()))


def _first_head(wanted: Array, shape: Shape) -> Array:
    """Nothing is asked of the others."""
    return wanted[:, None] * numpy.eye(shape.heads, dtype=numpy.float32)[0][None, :, None, None]


class _Adam:
    """The usual optimiser."""

    def __init__(self, weights: Weights) -> None:
        self._steps = 0
        self._means = {name: numpy.zeros_like(weight) for name, weight in weights.items()}
        self._squares = {name: numpy.zeros_like(weight) for name, weight in weights.items()}

    def stepped(self, weights: Weights, gradient: Weights, rate: float) -> Weights:
        """The weights after a step down a gradient, which is shortened when it is too long."""
        self._steps += 1
        length = numpy.sqrt(sum(float((part * part).sum()) for part in gradient.values()))
        scale = numpy.float32(min(1.0, _LONGEST_GRADIENT / max(length, 1e-12)))
        moved: Weights = {}
        for name, weight in weights.items():
            part = gradient[name] * scale
            self._means[name] = numpy.float32(0.9) * self._means[name] + numpy.float32(0.1) * part
            self._squares[name] = numpy.float32(0.98) * self._squares[name] + numpy.float32(0.02) * part * part
            mean = self._means[name] / numpy.float32(1 - 0.9**self._steps)
            spread = numpy.sqrt(self._squares[name] / numpy.float32(1 - 0.98**self._steps)) + numpy.float32(1e-8)
            moved[name] = weight - numpy.float32(rate) * mean / spread
        return moved
