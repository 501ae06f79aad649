"""Stretching sound in time without changing its pitch, by the Sonic library that libespeak-ng carries."""

import ctypes
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import EngineFailed

READ_SAMPLES: Final = 8192


class Stretch:
    """One stream of sound, played `factor` times as fast. A context manager; for one thread."""

    def __init__(self, native: ctypes.CDLL, rate_hz: int, factor: float) -> None:
        """native: libespeak-ng, for which `can_stretch` is true."""
        self._native = native
        self._rate_hz = rate_hz
        self._factor = factor
        self._stream: int | None = None

    def __enter__(self) -> Self:
        self._native.sonicCreateStream.restype = ctypes.c_void_p
        self._stream = self._native.sonicCreateStream(self._rate_hz, 1)
        if not self._stream:
            raise EngineFailed("There is no memory to change the speed of the speech.")
        self._native.sonicSetSpeed(ctypes.c_void_p(self._stream), ctypes.c_float(self._factor))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self._native.sonicDestroyStream(ctypes.c_void_p(self._stream))
        self._stream = None

    def feed(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take `samples`, shape (n,), and give what can be said by now, shape (m,), m may be 0."""
        contiguous = np.ascontiguousarray(samples)
        self._native.sonicWriteShortToStream(
            ctypes.c_void_p(self._stream), ctypes.c_void_p(contiguous.ctypes.data), len(contiguous)
        )
        return self._read()

    def finish(self) -> NDArray[np.int16]:
        """What is left, shape (m,)."""
        self._native.sonicFlushStream(ctypes.c_void_p(self._stream))
        return self._read()

    def _read(self) -> NDArray[np.int16]:
        chunks = []
        while True:
            chunk = np.empty(READ_SAMPLES, dtype=np.int16)
            count = self._native.sonicReadShortFromStream(
                ctypes.c_void_p(self._stream), ctypes.c_void_p(chunk.ctypes.data), READ_SAMPLES
            )
            if count <= 0:
                break
            chunks.append(chunk[:count])
        return np.concatenate(chunks) if chunks else np.empty(0, dtype=np.int16)


def can_stretch(native: ctypes.CDLL) -> bool:
    """Whether this build of libespeak-ng carries Sonic."""
    return all(hasattr(native, f"sonic{name}") for name in ("CreateStream", "SetSpeed", "FlushStream", "DestroyStream"))
