"""The graph of a Piper voice of medium quality, with random weights."""

from typing import Final

import numpy as np

from voxhelm.testing.models.onnx_graph import OnnxGraph

SYMBOLS: Final = 256
CHANNELS: Final = 192
HALF: Final = CHANNELS // 2
FEED_FORWARD: Final = 768
HEADS: Final = 2
LAYERS: Final = 6
COUPLINGS: Final = 4
SPLINE_PARAMETERS: Final = 29
# Rate and kernel of each step from 256 samples a frame down to one, and how many channels come out.
UPSAMPLING: Final = ((8, 16, 128), (8, 16, 64), (4, 8, 32))
RESIDUALS: Final = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))


def full_size(graph: OnnxGraph, frames_by_symbol: list[float]) -> str:
    """Add what turns `input` and `scales` into sound; returns the name of the sound, shape (1, 1, 1, samples).

    Layer by layer what Piper trains as medium quality: a transformer of 6 layers, the stochastic duration predictor, four couplings of
    four gated convolutions, a HiFi-GAN of three steps; 15.6 million weights, and 2.6 billion multiplications for a second of sound.
    Only the splines of the duration predictor, a few operations on one number per symbol, are shortened to a softmax. Random weights
    would give random durations, so those come from `frames_by_symbol`, and what the predictor says is added at a thousandth.
    """
    hidden = _encoder(graph)
    stats = graph.conv(hidden, (2 * CHANNELS, CHANNELS, 1))
    mean, deviation = graph.nodes("Split", (stats, graph.constant([CHANNELS, CHANNELS])), 2, axis=1)
    frames = _alignment(graph, _durations(graph, hidden, frames_by_symbol))
    mean, deviation = graph.node("MatMul", mean, frames), graph.node("MatMul", deviation, frames)
    noise = graph.node("Mul", graph.node("RandomNormalLike", mean), graph.node("Exp", deviation))
    latent = graph.node("Add", mean, graph.node("Mul", noise, scale(graph, 0)))
    for _ in range(COUPLINGS):
        latent = _coupling(graph, latent)
    return graph.node("Unsqueeze", _vocoder(graph, latent), graph.constant([1]))


def scale(graph: OnnxGraph, index: int) -> str:
    """One of the three numbers that come with each call: noise, length, noise of the durations."""
    return graph.node("Gather", "scales", graph.constant([index]), axis=0)


def durations(graph: OnnxGraph, frames: str) -> str:
    """Whole frames of each symbol at the length that was asked for. The one Ceil of the graph is where Piper looks for them."""
    return graph.node("Ceil", graph.node("Mul", frames, scale(graph, 1)))


def _encoder(graph: OnnxGraph) -> str:
    table = graph.weight(SYMBOLS, CHANNELS, fan_in=1)
    x = graph.node("Transpose", graph.node("Gather", table, "input", axis=0), perm=[0, 2, 1])
    for _ in range(LAYERS):
        x = graph.layer_norm(graph.node("Add", x, _attention(graph, x)), CHANNELS)
        wide = graph.node("Relu", graph.conv(x, (FEED_FORWARD, CHANNELS, 3)))
        x = graph.layer_norm(graph.node("Add", x, graph.conv(wide, (CHANNELS, FEED_FORWARD, 3))), CHANNELS)
    return x


def _attention(graph: OnnxGraph, x: str) -> str:
    shape = graph.constant([1, HEADS, CHANNELS // HEADS, -1])
    query, key, value = (graph.node("Reshape", graph.conv(x, (CHANNELS, CHANNELS, 1)), shape) for _ in range(3))
    small = graph.node("Mul", query, graph.number((CHANNELS // HEADS) ** -0.5))
    scores = graph.node("MatMul", graph.node("Transpose", small, perm=[0, 1, 3, 2]), key)
    heard = graph.node("MatMul", value, graph.node("Transpose", graph.node("Softmax", scores, axis=-1), perm=[0, 1, 3, 2]))
    return graph.conv(graph.node("Reshape", heard, graph.constant([1, CHANNELS, -1])), (CHANNELS, CHANNELS, 1))


def _durations(graph: OnnxGraph, hidden: str, frames_by_symbol: list[float]) -> str:
    """Frames by symbol, shape (1, 1, symbols)."""
    about = graph.conv(_separable(graph, graph.conv(hidden, (CHANNELS, CHANNELS, 1))), (CHANNELS, CHANNELS, 1))
    said = graph.node("ReduceMean", about, axes=[1], keepdims=1)
    for _ in range(3):
        flow = _separable(graph, graph.node("Add", graph.conv(said, (CHANNELS, 1, 1)), about))
        bins = graph.node("Softmax", graph.conv(flow, (SPLINE_PARAMETERS, CHANNELS, 1)), axis=1)
        said = graph.node("ReduceMax", bins, axes=[1], keepdims=1)
    table = graph.constant(np.array(frames_by_symbol, np.float32))
    usual = graph.node("Unsqueeze", graph.node("Gather", table, "input", axis=0), graph.constant([1]))
    return durations(graph, graph.node("Sub", usual, graph.node("Mul", said, graph.number(0.001))))


def _separable(graph: OnnxGraph, x: str) -> str:
    for layer in range(3):
        y = graph.conv(x, (CHANNELS, CHANNELS, 3), dilation=3**layer, groups=CHANNELS)
        y = _gelu(graph, graph.layer_norm(y, CHANNELS))
        y = _gelu(graph, graph.layer_norm(graph.conv(y, (CHANNELS, CHANNELS, 1)), CHANNELS))
        x = graph.node("Add", x, y)
    return x


def _gelu(graph: OnnxGraph, x: str) -> str:
    bell = graph.node("Add", graph.node("Erf", graph.node("Mul", x, graph.number(0.5**0.5))), graph.number(1.0))
    return graph.node("Mul", graph.node("Mul", x, bell), graph.number(0.5))


def _alignment(graph: OnnxGraph, frames: str) -> str:
    """Which frames belong to which symbol, ones and zeros, shape (1, symbols, frames)."""
    ends = graph.node("CumSum", frames, graph.constant(np.array(2, np.int64)))
    starts = graph.node("Sub", ends, frames)
    total = graph.node("ReduceSum", frames, keepdims=0)
    steps = graph.node("Range", graph.constant(np.array(0, np.float32)), total, graph.constant(np.array(1, np.float32)))
    starts, ends = (graph.node("Transpose", edge, perm=[0, 2, 1]) for edge in (starts, ends))
    inside = graph.node("And", graph.node("GreaterOrEqual", steps, starts), graph.node("Less", steps, ends))
    return graph.node("Cast", inside, to=1)


def _coupling(graph: OnnxGraph, x: str) -> str:
    kept, changed = graph.nodes("Split", (x, graph.constant([HALF, HALF])), 2, axis=1)
    hidden, output = graph.conv(kept, (CHANNELS, HALF, 1)), ""
    for layer in range(4):
        both = graph.conv(hidden, (2 * CHANNELS, CHANNELS, 5))
        value, gate = graph.nodes("Split", (both, graph.constant([CHANNELS, CHANNELS])), 2, axis=1)
        gated = graph.node("Mul", graph.node("Tanh", value), graph.node("Sigmoid", gate))
        if layer < 3:
            both = graph.conv(gated, (2 * CHANNELS, CHANNELS, 1))
            onward, skipped = graph.nodes("Split", (both, graph.constant([CHANNELS, CHANNELS])), 2, axis=1)
            hidden = graph.node("Add", hidden, onward)
        else:
            skipped = graph.conv(gated, (CHANNELS, CHANNELS, 1))
        output = graph.node("Add", output, skipped) if output else skipped
    shift = graph.conv(output, (HALF, CHANNELS, 1))
    return graph.node("Concat", graph.node("Sub", changed, shift), kept, axis=1)


def _vocoder(graph: OnnxGraph, x: str) -> str:
    incoming = 256
    x = graph.conv(x, (incoming, CHANNELS, 7))
    for rate, kernel, outgoing in UPSAMPLING:
        weight = graph.weight(incoming, outgoing, kernel, fan_in=incoming * kernel // rate)
        pad = (kernel - rate) // 2
        louder = graph.node("LeakyRelu", x, alpha=0.1)
        x = graph.node("ConvTranspose", louder, weight, strides=[rate], pads=[pad, pad], kernel_shape=[kernel])
        blocks = [_residual(graph, x, outgoing, kernel, dilations) for kernel, dilations in RESIDUALS]
        x = graph.node("Mul", graph.node("Sum", *blocks), graph.number(1 / len(blocks)))
        incoming = outgoing
    return graph.node("Tanh", graph.conv(graph.node("LeakyRelu", x, alpha=0.01), (1, incoming, 7)))


def _residual(graph: OnnxGraph, x: str, channels: int, kernel: int, dilations: tuple[int, ...]) -> str:
    for dilation in dilations:
        y = graph.conv(graph.node("LeakyRelu", x, alpha=0.1), (channels, channels, kernel), dilation=dilation)
        x = graph.node("Add", x, y)
    return x
