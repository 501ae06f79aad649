"""Writes models that Smart Turn's engine loads."""

from pathlib import Path
from typing import Final

import numpy as np

from voxhelm.testing.models.onnx_graph import OnnxGraph

BANDS: Final = 80
FRAMES: Final = 800
# The last fifth of a second, at a hundred frames a second: as long as the pause after which a turn is judged.
LAST_FRAMES: Final = 20
_STEEPNESS: Final = 6.0


def write_smart_turn(directory: Path, name: str = "smart-turn-v3.0-null", *, frames: int = FRAMES, logits: bool = False) -> Path:
    """Write a model that costs next to nothing, a file, and return it.

    It takes a turn for finished when its last 0.2 s are quiet: the probability grows with how much louder the loudest is.

    frames: another number makes a file that is no Smart Turn of version 3. logits: leave the output what its name says, no probability.
    """
    graph = OnnxGraph()
    last = graph.node("Slice", "input_features", *(graph.constant([at]) for at in (frames - LAST_FRAMES, frames, 2)))
    end = graph.node("ReduceMean", last, axes=[1, 2], keepdims=0)
    loudest = graph.node("ReduceMax", graph.node("ReduceMean", "input_features", axes=[1], keepdims=0), axes=[1], keepdims=0)
    # Half of the range that the spectrogram has is the border.
    above = graph.node("Sub", graph.node("Sub", loudest, end), graph.number(0.5))
    odds = graph.node("Mul", above, graph.number(_STEEPNESS))
    given = graph.node("Mul", odds, graph.number(10.0)) if logits else graph.node("Sigmoid", odds)
    path = directory / f"{name}.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    inputs = {"input_features": (np.float32, ("batch", BANDS, frames))}
    graph.write(path, inputs, {"logits": graph.node("Reshape", given, graph.constant([1, 1, 1, -1]))})
    return path
