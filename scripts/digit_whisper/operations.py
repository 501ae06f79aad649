"""The steps of the network, with gradients of their own where autograd's would be slow."""

from typing import Any, Final

import numpy
from autograd.extend import defvjp, primitive
from numpy.typing import NDArray

Array = NDArray[numpy.float32]


@primitive
def linear(x: Array, weight: Array, bias: Array) -> Array:
    """`x` (..., n), `weight` (m, n), `bias` (m,): (..., m)."""
    return (x.reshape(-1, x.shape[-1]) @ weight.T + bias).reshape(*x.shape[:-1], len(bias))


defvjp(
    linear,
    lambda _out, x, weight, _bias: lambda g: (g.reshape(-1, g.shape[-1]) @ weight).reshape(x.shape),
    lambda _out, x, _weight, _bias: lambda g: g.reshape(-1, g.shape[-1]).T @ x.reshape(-1, x.shape[-1]),
    lambda _out, _x, _weight, _bias: lambda g: g.reshape(-1, g.shape[-1]).sum(axis=0),
)


@primitive
def normed(x: Array, gamma: Array, beta: Array) -> Array:
    """A layer norm over the last axis."""
    return _standard(x)[0] * gamma + beta


def _standard(x: Array) -> tuple[Array, Array]:
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / numpy.sqrt((centred * centred).mean(axis=-1, keepdims=True) + numpy.float32(1e-5))
    return centred * scale, scale


def _normed_by_x(_out: Array, x: Array, gamma: Array, _beta: Array) -> Any:
    standard, scale = _standard(x)

    def back(g: Array) -> Array:
        g = g * gamma
        return scale * (g - g.mean(axis=-1, keepdims=True) - standard * (g * standard).mean(axis=-1, keepdims=True))

    return back


defvjp(
    normed,
    _normed_by_x,
    lambda _out, x, gamma, _beta: lambda g: (g * _standard(x)[0]).reshape(-1, len(gamma)).sum(axis=0),
    lambda _out, _x, gamma, _beta: lambda g: g.reshape(-1, len(gamma)).sum(axis=0),
)

_ROOT: Final = numpy.float32(numpy.sqrt(2 / numpy.pi))
_CUBE: Final = numpy.float32(0.044715)


@primitive
def gelu(x: Array) -> Array:
    """By its usual approximation, which is within 0.001 of what CTranslate2 computes."""
    return numpy.float32(0.5) * x * (1 + numpy.tanh(_ROOT * x * (1 + _CUBE * x * x)))


def _gelu_back(_out: Array, x: Array) -> Any:
    square = x * x
    tanh = numpy.tanh(_ROOT * x * (1 + _CUBE * square))
    slope = numpy.float32(0.5) * (1 + tanh + x * (1 - tanh * tanh) * _ROOT * (1 + 3 * _CUBE * square))
    return lambda g: g * slope


defvjp(gelu, _gelu_back)


@primitive
def softmax(x: Array) -> Array:
    """Over the last axis."""
    raised = numpy.exp(x - x.max(axis=-1, keepdims=True))
    raised /= raised.sum(axis=-1, keepdims=True)
    return raised


defvjp(softmax, lambda out, _x: lambda g: out * (g - (g * out).sum(axis=-1, keepdims=True)))


@primitive
def cross_entropy(logits: Array, wanted: Array) -> Array:
    """The sum over all rows. `wanted` has the shape of `logits`, and rows that add up to their weight."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    total = numpy.log(numpy.exp(shifted).sum(axis=-1, keepdims=True))
    return numpy.float32(((total - shifted) * wanted).sum())


defvjp(
    cross_entropy,
    lambda _out, logits, wanted: lambda g: g * (softmax(logits) * wanted.sum(axis=-1, keepdims=True) - wanted),
    argnums=(0,),
)


@primitive
def strided(x: Array) -> Array:
    """Every second of `x` (batch, n, m) between its neighbours, with nothing before the first: (batch, n / 2, 3 * m)."""
    before = numpy.zeros_like(x[:, 0::2])
    before[:, 1:] = x[:, 1:-1:2]
    return numpy.concatenate((before, x[:, 0::2], x[:, 1::2]), axis=2)


def _strided_back(_out: Array, x: Array) -> Any:
    width = x.shape[2]

    def back(g: Array) -> Array:
        gathered = numpy.empty_like(x)
        gathered[:, 0::2] = g[:, :, width : 2 * width]
        gathered[:, 1::2] = g[:, :, 2 * width :]
        gathered[:, 1:-1:2] += g[:, 1:, :width]
        return gathered

    return back


defvjp(strided, _strided_back)


@primitive
def heads(x: Array, part: int, parts: int, count: int) -> Array:
    """One of the equal parts of `x` (batch, n, m), by heads: (batch, count, n, m / parts / count)."""
    width = x.shape[2] // parts
    return x[:, :, part * width : (part + 1) * width].reshape(*x.shape[:2], count, -1).transpose(0, 2, 1, 3)


def _heads_back(_out: Array, x: Array, part: int, parts: int, _count: int) -> Any:
    width = x.shape[2] // parts

    def back(g: Array) -> Array:
        gathered = numpy.zeros_like(x)
        gathered[:, :, part * width : (part + 1) * width] = g.transpose(0, 2, 1, 3).reshape(*x.shape[:2], width)
        return gathered

    return back


defvjp(heads, _heads_back)
