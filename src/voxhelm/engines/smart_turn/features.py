"""Sound into what the network looks at: the logarithmic mel spectrogram that Whisper was trained on, of the last eight seconds."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 16_000
SECONDS: Final = 8
SAMPLES: Final = SAMPLE_RATE_HZ * SECONDS
BANDS: Final = 80
FRAMES: Final = 800
"""One every ten milliseconds."""

_WINDOW_SAMPLES: Final = 400
_STEP_SAMPLES: Final = 160
_HIGHEST_HZ: Final = 8_000.0
# Whisper's: what is 80 dB below the loudest is silence, and the rest is brought to about -1 to 1.
_QUIETEST: Final = 1e-10
_RANGE: Final = 8.0
_FULL_SCALE: Final = 32_768.0
# Slaney's mel scale: straight up to 1 kHz, logarithmic above.
_HZ_PER_MEL: Final = 200.0 / 3
_CORNER_HZ: Final = 1_000.0
_LOG_STEP: Final = float(np.log(6.4)) / 27.0


def features(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """The spectrogram of the last eight seconds of `samples` (16 kHz), shape (80, 800); shorter sound has silence before it.

    The sound is first brought to zero mean and unit variance, padding included, as in the training of the network.
    """
    last = samples[-SAMPLES:].astype(np.float64) / _FULL_SCALE
    sound = np.concatenate((np.zeros(SAMPLES - len(last)), last))
    normal = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    power = _power(normal.astype(np.float32))
    # Not as a product of matrices: BLAS divides it among threads, which on a busy machine wait for each other longer than it takes.
    energies = np.log10(np.maximum(np.einsum("bf,tf->bt", _filters(), power), _QUIETEST))
    floored = np.maximum(energies, energies.max() - _RANGE)
    looked_at: NDArray[np.float32] = ((floored + 4.0) / 4.0).astype(np.float32)
    return looked_at


def _power(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power spectrum around every tenth millisecond, shape (800, 201)."""
    half = _WINDOW_SAMPLES // 2
    mirrored = np.pad(sound, half, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(mirrored, _WINDOW_SAMPLES)[::_STEP_SAMPLES][:FRAMES]
    spectrum = np.fft.rfft(frames * _window(), axis=1)
    power: NDArray[np.float32] = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power


@cache
def _window() -> NDArray[np.float32]:
    """Hann's, periodic."""
    return np.hanning(_WINDOW_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _filters() -> NDArray[np.float32]:
    """Triangles of equal area on the mel scale, shape (80, 201)."""
    bins_hz = np.linspace(0, SAMPLE_RATE_HZ / 2, _WINDOW_SAMPLES // 2 + 1)
    edges_hz = _hz(np.linspace(0.0, _mel(_HIGHEST_HZ), BANDS + 2))
    widths_hz = np.diff(edges_hz)
    slopes = edges_hz[:, None] - bins_hz[None, :]
    rising = -slopes[:-2] / widths_hz[:-1, None]
    falling = slopes[2:] / widths_hz[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]).astype(np.float32)


def _mel(hz: float) -> float:
    return hz / _HZ_PER_MEL if hz < _CORNER_HZ else _CORNER_HZ / _HZ_PER_MEL + float(np.log(hz / _CORNER_HZ)) / _LOG_STEP


def _hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    corner_mel = _CORNER_HZ / _HZ_PER_MEL
    return np.where(mels < corner_mel, mels * _HZ_PER_MEL, _CORNER_HZ * np.exp(_LOG_STEP * (mels - corner_mel)))
