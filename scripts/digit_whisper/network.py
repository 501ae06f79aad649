"""Whisper's network, as CTranslate2 runs it, on arrays of which autograd follows the gradients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import autograd.numpy as np
import numpy
from numpy.typing import NDArray

from scripts.digit_whisper.operations import Array, gelu, heads, linear, normed, softmax, strided

Weights = dict[str, Array]

MELS: Final = 80
POSITIONS: Final = 1500
"""Of a fiftieth of a second, in what the encoder gives; frames are twice as many."""
TEXT_POSITIONS: Final = 448


@dataclass(frozen=True, slots=True)
class Shape:
    """Width of the network, its attention heads, and its layers on either side."""

    width: int = 64
    heads: int = 2
    encoder_layers: int = 2
    decoder_layers: int = 2


@dataclass(frozen=True, slots=True)
class Padding:
    """Silence behind the sound up to half a minute, by a few of its positions.

    All of it sounds the same, so a sample of its positions, each counted for as many as it stands for, does for all. What is learnt
    then holds for the half minute that the network is always given, at a tenth of the arithmetic.

    positions: shape (p,). logarithm: of how many each of them stands for.
    """

    positions: NDArray[numpy.intp]
    logarithm: float

    @staticmethod
    def sample(sound: int, count: int, random: numpy.random.Generator) -> "Padding":
        """Choose `count` of the positions behind `sound` ones."""
        behind = numpy.arange(sound, POSITIONS)
        return Padding(numpy.sort(random.choice(behind, count, replace=False)), float(numpy.log(len(behind) / count)))


def sinusoids(width: int) -> Array:
    """Whisper's encoding of positions: shape (POSITIONS, width), sines in the first half and cosines in the second."""
    rates = numpy.exp(-numpy.log(10_000) / (width // 2 - 1) * numpy.arange(width // 2))
    angles = numpy.arange(POSITIONS)[:, None] * rates
    return numpy.concatenate((numpy.sin(angles), numpy.cos(angles)), axis=1).astype(numpy.float32)


def initial(shape: Shape, tokens: int, moments: range, random: numpy.random.Generator) -> Weights:
    """Weights to begin with. moments: the tokens that are moments, whose embeddings begin as the encodings of their positions."""
    width = shape.width
    weights: Weights = {}

    def matrix(name: str, rows: int, columns: int, scale: float = 1.0) -> None:
        weights[f"{name}.weight"] = (scale / numpy.sqrt(columns) * random.standard_normal((rows, columns))).astype(numpy.float32)
        weights[f"{name}.bias"] = numpy.zeros(rows, dtype=numpy.float32)

    def norm(name: str) -> None:
        weights[f"{name}.gamma"] = numpy.ones(width, dtype=numpy.float32)
        weights[f"{name}.beta"] = numpy.zeros(width, dtype=numpy.float32)

    def block(name: str, *, listens: bool) -> None:
        norm(f"{name}.self.norm")
        matrix(f"{name}.self.in", 3 * width, width)
        matrix(f"{name}.self.out", width, width, 0.5)
        if listens:
            norm(f"{name}.cross.norm")
            matrix(f"{name}.cross.query", width, width)
            matrix(f"{name}.cross.in", 2 * width, width)
            matrix(f"{name}.cross.out", width, width, 0.5)
        norm(f"{name}.ffn.norm")
        matrix(f"{name}.ffn.in", 4 * width, width)
        matrix(f"{name}.ffn.out", width, 4 * width, 0.5)

    matrix("conv1", width, 3 * MELS)
    matrix("conv2", width, 3 * width)
    for layer in range(shape.encoder_layers):
        block(f"encoder.{layer}", listens=False)
    for layer in range(shape.decoder_layers):
        block(f"decoder.{layer}", listens=True)
    norm("encoder.norm")
    norm("decoder.norm")
    weights["positions"] = (0.1 * random.standard_normal((TEXT_POSITIONS, width))).astype(numpy.float32)
    weights["tokens"] = (0.3 * random.standard_normal((tokens, width))).astype(numpy.float32)
    weights["tokens"][list(moments)] = 0.3 * sinusoids(width)[numpy.minimum(range(len(moments)), POSITIONS - 1)]
    return weights


def encoded(weights: Mapping[str, Any], shape: Shape, features: Array, padding: Padding) -> Any:
    """What the encoder makes of sound: shape (batch, frames / 2 + p, width).

    features: shape (batch, frames, MELS), an even number of frames, of which the last four at least are silent.
    """
    edged = numpy.pad(features, ((0, 0), (1, 1), (0, 0)))
    edged[:, -1] = features[:, -1]  # silence goes on, but for the very beginning
    triples = numpy.concatenate((edged[:, :-2], edged[:, 1:-1], edged[:, 2:]), axis=2)
    x = gelu(linear(triples, weights["conv1.weight"], weights["conv1.bias"]))
    x = gelu(linear(strided(x), weights["conv2.weight"], weights["conv2.bias"]))
    places = sinusoids(shape.width)
    x = np.concatenate((x + places[: x.shape[1]], x[:, -1:] + places[padding.positions]), axis=1)
    many = _counts(x.shape[1], padding)
    for layer in range(shape.encoder_layers):
        name = f"encoder.{layer}"
        x = x + _self_attended(weights, shape, name, x, many)
        x = x + _fed(weights, name, x)
    return normed(x, weights["encoder.norm.gamma"], weights["encoder.norm.beta"])


def decoded(
    weights: Mapping[str, Any], shape: Shape, tokens: NDArray[numpy.intp], sound: Any, padding: Padding
) -> tuple[Any, list[Any]]:
    """For every token, logits of the next, (batch, n, vocabulary), and where each layer listened, (batch, heads, n, positions)."""
    length = tokens.shape[1]
    x = weights["tokens"][tokens] + weights["positions"][:length]
    causal = numpy.triu(numpy.full((length, length), -1e9, dtype=numpy.float32), 1)
    many = _counts(sound.shape[1], padding)
    listened = []
    for layer in range(shape.decoder_layers):
        name = f"decoder.{layer}"
        x = x + _self_attended(weights, shape, name, x, causal)
        inside = normed(x, weights[f"{name}.cross.norm.gamma"], weights[f"{name}.cross.norm.beta"])
        query = heads(linear(inside, weights[f"{name}.cross.query.weight"], weights[f"{name}.cross.query.bias"]), 0, 1, shape.heads)
        heard = linear(sound, weights[f"{name}.cross.in.weight"], weights[f"{name}.cross.in.bias"])
        key, value = (heads(heard, part, 2, shape.heads) for part in range(2))
        found, attention = _attended(query, key, value, many)
        listened.append(attention)
        x = x + linear(found, weights[f"{name}.cross.out.weight"], weights[f"{name}.cross.out.bias"])
        x = x + _fed(weights, name, x)
    x = normed(x, weights["decoder.norm.gamma"], weights["decoder.norm.beta"])
    return linear(x, weights["tokens"], numpy.zeros(len(weights["tokens"]), dtype=numpy.float32)), listened


def _counts(positions: int, padding: Padding) -> Array:
    """What is added to the attention to each position, so that it counts for as many as it stands for."""
    counts = numpy.zeros(positions, dtype=numpy.float32)
    counts[positions - len(padding.positions) :] = padding.logarithm
    return counts


def _self_attended(weights: Mapping[str, Any], shape: Shape, name: str, x: Any, added: Array) -> Any:
    inside = normed(x, weights[f"{name}.self.norm.gamma"], weights[f"{name}.self.norm.beta"])
    inside = linear(inside, weights[f"{name}.self.in.weight"], weights[f"{name}.self.in.bias"])
    query, key, value = (heads(inside, part, 3, shape.heads) for part in range(3))
    found, _ = _attended(query, key, value, added)
    return linear(found, weights[f"{name}.self.out.weight"], weights[f"{name}.self.out.bias"])


def _attended(query: Any, key: Any, value: Any, added: Array) -> tuple[Any, Any]:
    scale = numpy.float32(query.shape[-1] ** -0.5)
    attention = softmax(np.matmul(query * scale, np.swapaxes(key, 2, 3)) + added)
    found = np.transpose(np.matmul(attention, value), (0, 2, 1, 3))
    return np.reshape(found, (*found.shape[:2], -1)), attention


def _fed(weights: Mapping[str, Any], name: str, x: Any) -> Any:
    inside = normed(x, weights[f"{name}.ffn.norm.gamma"], weights[f"{name}.ffn.norm.beta"])
    inside = gelu(linear(inside, weights[f"{name}.ffn.in.weight"], weights[f"{name}.ffn.in.bias"]))
    return linear(inside, weights[f"{name}.ffn.out.weight"], weights[f"{name}.ffn.out.bias"])
