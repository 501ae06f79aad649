"""Writes voices that Piper's engine and Piper's own programs load."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from voxhelm.testing.models.onnx_graph import OnnxGraph
from voxhelm.testing.models.vits import durations, full_size

SAMPLES_PER_FRAME: Final = 256
# How long the voice that costs nothing says each phoneme: 70 ms, in whole frames at half, at one and a half times and at double speed.
FRAMES_PER_PHONEME: Final = 6
PADDING, START, END = "_", "^", "$"
# What espeak-ng's phonemes are written with, and the punctuation that Piper leaves between them.
PHONEMES: Final = (
    f"{PADDING}{START}{END} !'(),-.:;?abcdefghijklmnopqrstuvwxyzæçðøħŋœβθχεʰʲʷˈˌːˑ˞ˤᵻⱱ↓↑\"#"
    + "".join(map(chr, range(0x250, 0x2AA)))
    + "\u0303\u030a\u031d\u0327\u0329\u032a\u032f\u033a\u033b0123456789"
)
# Code points of Cyrillic texts after canonical decomposition, for voices that read letters instead of phonemes.
LETTERS: Final = f"{PADDING}{START}{END} !'(),-.:;?" + "".join(map(chr, range(0x430, 0x460))) + "\u0301\u0306\u0308"

Inputs = dict[str, tuple[Any, tuple[str | int, ...]]]


def write_piper_voice(
    directory: Path,
    name: str = "en_US-null-medium",
    *,
    language: str = "en_US",
    speakers: int = 1,
    sample_rate_hz: int = 22_050,
    reads_letters: bool = False,
) -> Path:
    """Write a voice that costs next to nothing, NAME.onnx and NAME.onnx.json, and return the path of the first.

    It says every phoneme as 70 ms of one tone, higher for each next speaker, at the length that is asked for.

    language: as in the names of Piper's voices. speakers: more than one are called `speaker_0`, `speaker_1` ...
    reads_letters: Cyrillic letters instead of phonemes.
    """
    symbols = LETTERS if reads_letters else PHONEMES
    graph = OnnxGraph()
    table = graph.constant(np.array(_frames(symbols, spoken=FRAMES_PER_PHONEME, padding=0), np.float32))
    frames = durations(graph, graph.node("Unsqueeze", graph.node("Gather", table, "input", axis=0), graph.constant([1])))
    total = graph.node("Cast", graph.node("ReduceSum", frames, keepdims=0), to=7)
    # Each speaker's tone has a whole number of periods in a frame, so frames join without a click.
    steps = np.arange(SAMPLES_PER_FRAME) / SAMPLES_PER_FRAME
    tones = np.array([0.3 * np.sin(2 * np.pi * (2 + speaker) * steps) for speaker in range(speakers)], np.float32)
    tone = graph.node("Gather", graph.constant(tones), "sid" if speakers > 1 else graph.constant([0]), axis=0)
    one, length = graph.constant([1]), graph.constant([SAMPLES_PER_FRAME])
    shape = graph.node("Concat", graph.node("Reshape", total, one), length, axis=0)
    sound = graph.node("Reshape", graph.node("Expand", tone, shape), graph.constant([1, 1, 1, -1]))
    path = directory / f"{name}.onnx"
    graph.write(path, _inputs(speakers), {"output": sound})
    _write_config(path, language, speakers, sample_rate_hz, symbols)
    return path


def write_full_size_piper_voice(directory: Path, name: str = "en_US-random-medium", *, language: str = "en_US") -> Path:
    """Write a voice that costs what a real one of medium quality costs, and says noise; return the path of NAME.onnx.

    The graph is built from the shapes that Piper's training code gives medium quality, layer by layer (see `vits.full_size`), so weights
    and arithmetic are the same: 15.6 million weights, 63 MB, and for each second of sound the same convolutions over 86 frames.
    Durations are those of an average voice: 60 ms for a phoneme with its padding, so a text is about as long as when a person says it.
    """
    graph = OnnxGraph()
    sound = full_size(graph, _frames(PHONEMES, spoken=3, padding=2))
    path = directory / f"{name}.onnx"
    graph.write(path, _inputs(1), {"output": sound})
    _write_config(path, language, 1, 22_050, PHONEMES)
    return path


def _frames(symbols: str, *, spoken: float, padding: float) -> list[float]:
    """How many frames each symbol lasts, by its id."""
    silent = {PADDING: padding, START: padding, END: padding}
    return [silent.get(symbol, spoken) for symbol in symbols]


def _inputs(speakers: int) -> Inputs:
    inputs: Inputs = {"input": (np.int64, (1, "symbols")), "input_lengths": (np.int64, (1,)), "scales": (np.float32, (3,))}
    return inputs | ({"sid": (np.int64, (1,))} if speakers > 1 else {})


def _write_config(path: Path, language: str, speakers: int, sample_rate_hz: int, symbols: str) -> None:
    family, _, region = language.partition("_")
    config = {
        "audio": {"sample_rate": sample_rate_hz, "quality": "medium"},
        "espeak": {"voice": {"en_US": "en-us", "en_GB": "en-gb-x-rp"}.get(language, family)},
        "language": {"code": language, "family": family, "region": region},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "text" if symbols is LETTERS else "espeak",
        "phoneme_id_map": {symbol: [number] for number, symbol in enumerate(symbols)},
        "num_symbols": len(symbols),
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker_{number}": number for number in range(speakers)} if speakers > 1 else {},
    }
    Path(f"{path}.json").write_text(json.dumps(config, ensure_ascii=False, indent=2), encoding="utf-8")
