"""The network in ONNX Runtime, its memory bounded."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import DeviceUnusable, EngineFailed, ModelLoadFailed, OutOfMemory
from voxhelm.domain.memory import is_out_of_memory
from voxhelm.domain.model import Placement

if TYPE_CHECKING:
    import onnxruntime

RATE_HZ: Final = 24_000
PADDING: Final = 0
VOCABULARY_KEY: Final = "kokoro_config"
# Exports disagree on the numbers they take: some take the speed as an integer.
NUMBERS: Final[Mapping[str, Any]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}
# On a card that others use too. What 510 phonemes take is below it; more is an error of this model and of nobody else's.
GPU_MEMORY_LIMIT_BYTES: Final = 2 * 1024**3


class Graph:
    """A loaded network. Calls from several threads take turns, so that only one holds working memory."""

    def __init__(self, session: "onnxruntime.InferenceSession", shrink: str | None = None) -> None:
        """Take a session with the inputs `tokens` or `input_ids`, `style` and `speed`. Raises ModelLoadFailed.

        shrink: where memory goes back after each run, as ONNX Runtime calls it.
        """
        import onnxruntime

        self._session = session
        self._options = onnxruntime.RunOptions()
        if shrink is not None:
            self._options.add_run_config_entry("memory.enable_memory_arena_shrinkage", shrink)
        self._lock = Lock()
        self._inputs = {one.name: NUMBERS.get(one.type, np.float32) for one in session.get_inputs()}
        self._tokens = next((name for name in ("input_ids", "tokens") if name in self._inputs), None)
        if self._tokens is None or not {"style", "speed"} <= set(self._inputs):
            raise ModelLoadFailed(f"This is no Kokoro network: it takes {', '.join(sorted(self._inputs)) or 'nothing'}.")

    @property
    def follows_speed(self) -> bool:
        """Whether the speed may be a fraction."""
        return bool(np.issubdtype(self._inputs["speed"], np.floating))

    @property
    def vocabulary(self) -> dict[str, int] | None:
        """The symbols that the export carries, None when it carries none."""
        config = self._session.get_modelmeta().custom_metadata_map.get(VOCABULARY_KEY)
        return read_vocabulary(config) if config else None

    def run(self, tokens: list[int], style: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
        """The sound of `tokens` at 24 kHz, shape (n,). style: shape (1, width). Raises EngineFailed."""
        feed = {
            self._tokens: np.array([[PADDING, *tokens, PADDING]], dtype=self._inputs[self._tokens or ""]),
            "style": style.astype(self._inputs["style"]),
            "speed": np.array([speed], dtype=self._inputs["speed"]),
        }
        with self._lock:
            sound = np.asarray(self._session.run(None, feed, self._options)[0], dtype=np.float32).reshape(-1)
        if not np.isfinite(sound).all():
            raise EngineFailed("The network gave no sound but numbers out of range; its file may be damaged.")
        return sound


def open_graph(path: Path, placement: Placement, settings: Mapping[str, str]) -> Graph:
    """Load a network.

    settings: `threads`, else as many as this process has processors; `gpu_memory_limit_bytes`.
    Raises ModelLoadFailed, DeviceUnusable, OutOfMemory; ONNX Runtime's own errors when it cannot read the file.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(settings.get("threads", len(os.sched_getaffinity(0))))
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the most that any text has ever needed, for ever. Without it the memory of a call goes back at its end.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Threads that wait for the next call by spinning take processors from everyone else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers = _providers(placement, int(settings.get("gpu_memory_limit_bytes", GPU_MEMORY_LIMIT_BYTES)))
    missing = {name for name, _ in providers} - set(onnxruntime.get_available_providers())
    if missing:
        raise DeviceUnusable(f"This ONNX Runtime cannot use {placement.device}: install the package onnxruntime-gpu in its place.")
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    except (RuntimeError, MemoryError, native.Fail, native.RuntimeException) as error:
        if isinstance(error, MemoryError) or is_out_of_memory(str(error)):
            raise OutOfMemory(f"{path} ran out of memory on {placement.device}: {error}") from error
        if placement.on_card and "cuda" in str(error).lower():
            raise DeviceUnusable(f"{path} could not be put on {placement.device}: {error}") from error
        raise
    if session.get_providers()[0] != providers[0][0]:
        # It falls back to the processor by itself, and says so in its log only.
        raise DeviceUnusable(f"{path} could not be put on {placement.device}; the log of ONNX Runtime says why.")
    return Graph(session, shrink=f"gpu:{placement.index}" if placement.on_card else None)


def read_vocabulary(config: str) -> dict[str, int] | None:
    """The token of each symbol, from a `config.json`; None when it has none, as those of some exports. Raises ModelLoadFailed."""
    try:
        vocabulary = json.loads(config).get("vocab")
        return None if vocabulary is None else {str(symbol): int(token) for symbol, token in vocabulary.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelLoadFailed(f"The vocabulary of the model cannot be read: {type(error).__name__}: {error}") from error


def _providers(placement: Placement, gpu_memory_limit_bytes: int) -> list[tuple[str, dict[str, str]]]:
    if not placement.on_card:
        return [("CPUExecutionProvider", {})]
    cuda = {
        "device_id": str(placement.index),
        "gpu_mem_limit": str(gpu_memory_limit_bytes),
        # Else every growth doubles what it takes.
        "arena_extend_strategy": "kSameAsRequested",
        "cudnn_conv_algo_search": "HEURISTIC",
    }
    return [("CUDAExecutionProvider", cuda), ("CPUExecutionProvider", {})]
