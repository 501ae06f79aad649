"""A voice's network in ONNX Runtime, its memory bounded."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import DeviceUnusable, EngineFailed, ModelLoadFailed, OutOfMemory
from voxhelm.domain.memory import is_out_of_memory
from voxhelm.domain.model import Placement
from voxhelm.engines.piper.durations import with_durations
from voxhelm.engines.piper.load_options import LoadOptions

if TYPE_CHECKING:
    import onnxruntime

INPUTS: Final = frozenset({"input", "input_lengths", "scales"})
LOUDEST: Final = 32_767
# More threads do not make one run much faster; from here on it is better to speak for several callers at once.
THREADS_WORTH_A_RUN: Final = 4


class Network:
    """Speaks for so many callers at once as there are processors for; the others wait for their turn.

    Each run holds working memory, which ONNX Runtime keeps for the next one: a dozen at once would make it keep a dozen times as much
    and each of them slower.
    """

    def __init__(self, session: "onnxruntime.InferenceSession", durations: str | None, threads: int, shrink: str | None) -> None:
        """durations: the output that tells them. shrink: where memory goes back after each run, as ONNX Runtime calls it."""
        import onnxruntime

        self._session = session
        self._turns = threading.Semaphore(max(1, threads // THREADS_WORTH_A_RUN))
        self._takes_speaker = "sid" in {one.name for one in session.get_inputs()}
        self._outputs = [session.get_outputs()[0].name, *([durations] if durations else [])]
        self._options = onnxruntime.RunOptions()
        if shrink is not None:
            self._options.add_run_config_entry("memory.enable_memory_arena_shrinkage", shrink)

    @property
    def tells_durations(self) -> bool:
        """Whether `run` returns frames."""
        return len(self._outputs) > 1

    def run(
        self, ids: list[int], scales: tuple[float, float, float], speaker: int
    ) -> tuple[NDArray[np.int16], NDArray[np.float32] | None]:
        """Say `ids`: the sound, shape (n,), as loud as can be, and how many frames each id lasts, shape (len(ids),), if that is known.

        scales: noise, length, noise of the durations. Raises EngineFailed.
        """
        feed: dict[str, NDArray[Any]] = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        if self._takes_speaker:
            feed["sid"] = np.array([speaker], dtype=np.int64)
        with self._turns:
            sound, *rest = self._session.run(self._outputs, feed, self._options)
        frames = rest[0].reshape(-1) if rest else None
        return _loud(sound.reshape(-1)), frames if frames is not None and len(frames) == len(ids) else None


def open_network(path: Path, placement: Placement, options: LoadOptions) -> Network:
    """Load the network at `path`. Raises ModelLoadFailed."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    providers = _providers(placement, options.gpu_memory_limit_bytes)
    if providers[0][0] not in onnxruntime.get_available_providers():
        raise DeviceUnusable(f"This ONNX Runtime cannot use {placement.device}: install onnxruntime-gpu in place of onnxruntime.")
    try:
        model, durations = with_durations(path.read_bytes())
        session = onnxruntime.InferenceSession(model, _session_options(options.threads), providers=providers)
    except OSError as error:
        raise ModelLoadFailed(f"{path} cannot be read: {error.strerror}.") from error
    except (
        ValueError,
        native.Fail,
        native.InvalidProtobuf,
        native.InvalidGraph,
        native.InvalidArgument,
        native.NotImplemented,
        native.RuntimeException,
        MemoryError,
    ) as error:
        if isinstance(error, MemoryError) or is_out_of_memory(str(error)):
            raise OutOfMemory(f"{path} ran out of memory on {placement.device}: {error}") from error
        if placement.on_card and "cuda" in str(error).lower():
            raise DeviceUnusable(f"{path} could not be put on {placement.device}: {error}") from error
        raise ModelLoadFailed(f"{path} is damaged or no ONNX file: {error}. Get it again.") from error
    inputs = {one.name for one in session.get_inputs()}
    if not inputs >= INPUTS:
        raise ModelLoadFailed(f"{path} is no Piper voice: it takes {', '.join(sorted(inputs)) or 'nothing'}.")
    if session.get_providers()[0] != providers[0][0]:
        raise DeviceUnusable(f"{path} could not be put on {placement.device}; the log of ONNX Runtime says why.")
    shrink = f"gpu:{placement.index}" if placement.on_card else None
    return Network(session, durations, options.threads, shrink)


def _session_options(threads: int) -> "onnxruntime.SessionOptions":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A plan of memory is kept for each length of a text, and no two texts have the same. The arena stays: it is worth a sixth of the time,
    # and what it grows to is bounded by `cut_phonemes` and by turns. Growing as requested only, for want of pieces that fit,
    # makes it four times as large in the end.
    options.enable_mem_pattern = False
    return options


def _providers(placement: Placement, gpu_memory_limit_bytes: int) -> list[tuple[str, dict[str, str]]]:
    if not placement.on_card:
        return [("CPUExecutionProvider", {})]
    cuda = {
        "device_id": str(placement.index),
        "gpu_mem_limit": str(gpu_memory_limit_bytes),
        "arena_extend_strategy": "kSameAsRequested",
        # An exhaustive search for each new length of a text would take longer than the text.
        "cudnn_conv_algo_search": "HEURISTIC",
    }
    return [("CUDAExecutionProvider", cuda), ("CPUExecutionProvider", {})]


def _loud(sound: NDArray[np.float32]) -> NDArray[np.int16]:
    if not len(sound):
        return np.empty(0, dtype=np.int16)
    peak = float(max(sound.max(), -sound.min()))
    if not np.isfinite(peak):
        raise EngineFailed("The voice gave no sound but numbers out of range; its file may be damaged.")
    return (sound * (LOUDEST / max(peak, 1e-8))).astype(np.int16)
