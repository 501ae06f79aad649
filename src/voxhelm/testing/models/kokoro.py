"""Writes models that Kokoro's engine loads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from voxhelm.testing.models.onnx_graph import OnnxGraph

RATE_HZ: Final = 24_000
SAMPLES_PER_TOKEN: Final = 1_500
STYLE_WIDTH: Final = 256
LENGTHS: Final = 510
VOICES: Final = ("af_heart", "af_bella", "am_adam", "bf_emma", "ef_dora", "ff_siwis", "jf_alpha", "zf_xiaobei")


def write_kokoro(directory: Path, name: str = "kokoro-null", *, tokens_input: str = "input_ids") -> Path:
    """Write a model that costs next to nothing, a folder with the network and the voices, and return the folder.

    It says every token, the padding too, as 62.5 ms of one tone, shorter at a higher speed. The tone is higher for each next voice, and of
    a mix it lies between those of its parts: the first number of a voice's style is its pitch in Hz, in hundreds.

    tokens_input: older exports say `tokens`.
    """
    folder = directory / name
    folder.mkdir(parents=True)
    graph = OnnxGraph()
    count = graph.node("Cast", graph.node("Gather", graph.node("Shape", tokens_input), graph.constant([1]), axis=0), to=1)
    samples = graph.node("Div", graph.node("Mul", count, graph.number(SAMPLES_PER_TOKEN)), "speed")
    length = graph.node("Squeeze", graph.node("Cast", samples, to=7))
    zero, one = (graph.constant(np.array(value, dtype=np.int64)) for value in (0, 1))
    steps = graph.node("Cast", graph.node("Range", zero, length, one), to=1)
    pitch = graph.node("Gather", graph.node("Reshape", "style", graph.constant([-1])), graph.constant([0]), axis=0)
    turns = graph.node("Mul", graph.node("Mul", steps, pitch), graph.number(2 * np.pi * 100 / RATE_HZ))
    sound = graph.node("Mul", graph.node("Sin", turns), graph.number(0.3))
    inputs: dict[str, tuple[Any, Sequence[str | int]]] = {
        tokens_input: (np.int64, (1, "tokens")),
        "style": (np.float32, (1, STYLE_WIDTH)),
        "speed": (np.float32, (1,)),
    }
    graph.write(folder / "kokoro-null.onnx", inputs, {"audio": graph.node("Reshape", sound, graph.constant([1, 1, 1, -1]))})
    styles = {}
    for index, voice in enumerate(VOICES):
        styles[voice] = np.zeros((LENGTHS, 1, STYLE_WIDTH), np.float32)
        styles[voice][:, 0, 0] = 2 + index
    # As the real archive: numpy's own format, uncompressed, under another suffix.
    with (folder / "voices-null.bin").open("wb") as file:
        np.savez(file, allow_pickle=False, **styles)
    return folder
