"""Whisper beside its own library: one model for both, on a server that has it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.plan import Plan
from benchmarks.recording import Samples
from voxhelm.testing.models.whisper import write_whisper

SIZE = "base"
FULL_SCALE = 32_768.0


@contextmanager
def models_with_whisper(plan: Plan, size: str = SIZE) -> Iterator[tuple[Path, str]]:
    """A models directory that holds the plan's model, or one of `size` with random weights, and the model's id."""
    with tempfile.TemporaryDirectory(prefix="voxhelm-benchmark-") as directory:
        models = Path(directory)
        if plan.whisper is not None:
            (models / plan.whisper.name).symlink_to(plan.whisper.resolve())
            yield models, plan.whisper.name
        else:
            yield models, write_whisper(models / f"whisper-{size}-random", size).name


def with_whisper(plan: Plan, models: Path, model: str) -> Plan:
    """The plan on a started server that has these models, and hears with that one."""
    settings = {**plan.settings, "models.directory": str(models)}
    return replace(plan, settings=settings, transcription_model=model)


def library(folder: Path) -> Callable[[Samples], float]:
    """faster-whisper as its own documentation uses it, at our precision; the model is loaded before the clock starts.

    It is told the language, as the server is when its model has one only, and nothing else: five beams, temperatures that rise when
    need be, each window seen with the text of the one before.
    """
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8")

    def hear(samples: Samples) -> float:
        began = time.perf_counter()
        segments, _ = model.transcribe(samples.astype(np.float32) / FULL_SCALE, language="en")
        for _ in segments:
            pass
        return time.perf_counter() - began

    return hear
