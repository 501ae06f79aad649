"""The network in ONNX Runtime."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed, OutOfMemory
from voxhelm.domain.memory import is_out_of_memory
from voxhelm.engines.smart_turn.features import BANDS, FRAMES

if TYPE_CHECKING:
    import onnxruntime

INPUT: Final = "input_features"
SETTINGS: Final = ("threads",)


class Network:
    """Judges for so many callers at once as there are processors for; the others wait for their turn."""

    def __init__(self, session: "onnxruntime.InferenceSession", threads: int) -> None:
        """threads: of one run."""
        self._session = session
        self._output = session.get_outputs()[0].name
        self._turns = threading.Semaphore(max(1, len(os.sched_getaffinity(0)) // threads))

    def run(self, spectrogram: NDArray[np.float32]) -> float:
        """The probability that the turn in `spectrogram`, shape (80, 800), is over. Raises EngineFailed."""
        with self._turns:
            (answer,) = self._session.run([self._output], {INPUT: spectrogram[None]})
        probability = float(np.asarray(answer).reshape(-1)[0])
        # The output is called logits in the published files, and has been through a sigmoid already.
        if not 0.0 <= probability <= 1.0:
            raise EngineFailed(f"The network gave {probability:g}, which is no probability; its file may be another model's.")
        return probability


def open_network(path: Path, settings: Mapping[str, str]) -> Network:
    """Load the network at `path`. Raises ModelLoadFailed, which says what is at fault."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    threads = _threads(settings)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # All runs are alike, so what they hold could be kept for the next one; it would be held all the time, and save none.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Threads that wait for the next call by spinning take processors from everyone else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
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
            raise OutOfMemory(f"{path} ran out of memory: {error}") from error
        raise ModelLoadFailed(f"{path} is damaged or no ONNX file: {error}. Get it again.") from error
    taken = {one.name: tuple(one.shape) for one in session.get_inputs()}
    if set(taken) != {INPUT} or taken[INPUT][1:] != (BANDS, FRAMES) or len(session.get_outputs()) != 1:
        raise ModelLoadFailed(f"{path} is no Smart Turn of version 3: it takes {taken or 'nothing'}.")
    return Network(session, threads)


def _threads(settings: Mapping[str, str]) -> int:
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        raise ModelLoadFailed(f"Smart Turn has no setting '{unknown[0]}'. It has: {', '.join(SETTINGS)}.")
    told = settings.get("threads", "1")
    if not told.isdecimal() or int(told) < 1:
        raise ModelLoadFailed(f"Smart Turn's setting 'threads' must be a number of at least 1; it is '{told}'.")
    return int(told)
