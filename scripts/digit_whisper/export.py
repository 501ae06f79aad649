"""A trained network as a model in CTranslate2's format."""

from pathlib import Path
from typing import Any

import numpy as np

from scripts.digit_whisper.network import MELS, Shape, Weights, sinusoids
from voxhelm.testing.models.whisper_files import write_files


def write_model(directory: Path, weights: Weights, shape: Shape, tokens: list[str]) -> Path:
    """Write it, and return `directory`. tokens: by their ids."""
    from ctranslate2.specs import WhisperSpec

    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    _set_convolution(spec.encoder.conv1, weights, "conv1", MELS)
    _set_convolution(spec.encoder.conv2, weights, "conv2", shape.width)
    spec.encoder.position_encodings.encodings = sinusoids(shape.width)
    spec.decoder.position_encodings.encodings = weights["positions"]
    spec.decoder.embeddings.weight = weights["tokens"]
    spec.decoder.projection.weight = weights["tokens"]
    for name, side in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        _set_norm(side.layer_norm, weights, name)
        for index, layer in enumerate(side.layer):
            _set_layer(layer, weights, f"{name}.{index}")
    return write_files(directory, spec, tokens, [(shape.decoder_layers - 1, 0)], quantization=None)


def _set_layer(layer: Any, weights: Weights, name: str) -> None:
    _set_norm(layer.self_attention.layer_norm, weights, f"{name}.self")
    _set_linear(layer.self_attention.linear[0], weights, f"{name}.self.in")
    _set_linear(layer.self_attention.linear[1], weights, f"{name}.self.out")
    if hasattr(layer, "attention"):
        _set_norm(layer.attention.layer_norm, weights, f"{name}.cross")
        for linear, part in zip(layer.attention.linear, ("query", "in", "out"), strict=True):
            _set_linear(linear, weights, f"{name}.cross.{part}")
    _set_norm(layer.ffn.layer_norm, weights, f"{name}.ffn")
    _set_linear(layer.ffn.linear_0, weights, f"{name}.ffn.in")
    _set_linear(layer.ffn.linear_1, weights, f"{name}.ffn.out")


def _set_convolution(convolution: Any, weights: Weights, name: str, channels: int) -> None:
    _set_linear(convolution, weights, name)
    convolution.weight = np.ascontiguousarray(convolution.weight.reshape(-1, 3, channels).transpose(0, 2, 1))


def _set_linear(linear: Any, weights: Weights, name: str) -> None:
    linear.weight = weights[f"{name}.weight"]
    linear.bias = weights[f"{name}.bias"]


def _set_norm(norm: Any, weights: Weights, name: str) -> None:
    norm.gamma = weights[f"{name}.norm.gamma"]
    norm.beta = weights[f"{name}.norm.beta"]
