"""How loud speech is to an ear, by ITU-R BS.1770, as a stream."""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP_SECONDS: Final = 0.1
# A window is four steps; the standard slides it by one.
WINDOW_STEPS: Final = 4
SILENCE_LUFS: Final = -70.0
RELATIVE_GATE_LU: Final = -10.0
OFFSET_LUFS: Final = -0.691
FULL_SCALE: Final = 32768.0


class Loudness:
    """Measures one sound, or several of one kind one after the other.

    The filters of the standard are applied to spectra, where they are a multiplication: a second of speech costs a third of a millisecond.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._step = round(STEP_SECONDS * rate_hz)
        self._rest: NDArray[np.int16] = np.empty(0, dtype=np.int16)
        self._powers: list[float] = []
        self._windows: list[float] = []

    def push(self, samples: NDArray[np.int16]) -> None:
        """Give the next samples, shape (n,)."""
        joined = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        count = len(joined) // self._step
        self._rest = joined[count * self._step :].copy()
        if count == 0:
            return
        steps = joined[: count * self._step].reshape(count, self._step).astype(np.float32) / FULL_SCALE
        spectra = np.abs(np.fft.rfft(steps, axis=1)) ** 2
        self._powers += (spectra @ _weights(self._rate_hz, self._step)).tolist()
        while len(self._powers) >= WINDOW_STEPS:
            self._windows.append(sum(self._powers[:WINDOW_STEPS]) / WINDOW_STEPS)
            del self._powers[0]

    @property
    def speech_seconds(self) -> float:
        """How much of it was not silence, about."""
        return sum(_lufs(power) > SILENCE_LUFS for power in self._windows) * STEP_SECONDS

    @property
    def lufs(self) -> float | None:
        """The integrated loudness; None as long as nothing was heard."""
        loud = [power for power in self._windows if _lufs(power) > SILENCE_LUFS]
        if not loud:
            return None
        gate = _lufs(sum(loud) / len(loud)) + RELATIVE_GATE_LU
        heard = [power for power in loud if _lufs(power) > gate]
        return _lufs(sum(heard) / len(heard))


def _lufs(power: float) -> float:
    return OFFSET_LUFS + 10 * math.log10(max(power, 1e-12))


@lru_cache(16)
def _weights(rate_hz: int, samples: int) -> NDArray[np.float64]:
    """What each line of a spectrum adds to the mean square: the two filters of the standard, designed for this rate, and Parseval's sum."""
    turns = np.exp(-2j * np.pi * np.arange(samples // 2 + 1) / samples)
    k = math.tan(math.pi * 1681.974450955533 / rate_hz)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = (high + band * k / q + k * k) + 2 * (k * k - high) * turns + (high - band * k / q + k * k) * turns**2
    shelf /= (1 + k / q + k * k) + 2 * (k * k - 1) * turns + (1 - k / q + k * k) * turns**2
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    rumble = (1 + k / q + k * k) * (1 - 2 * turns + turns**2)
    rumble /= (1 + k / q + k * k) + 2 * (k * k - 1) * turns + (1 - k / q + k * k) * turns**2
    weights = np.abs(shelf * rumble) ** 2 / samples**2
    # Every line but the first, and the last of an even number, stands for two.
    weights[1 : (samples + 1) // 2] *= 2
    return np.asarray(weights, dtype=np.float64)
