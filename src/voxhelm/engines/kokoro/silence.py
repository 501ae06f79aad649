"""Taking away the silence that the network leaves around what it says, which is as long as it likes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

WINDOW_SECONDS: Final = 0.01
# Kept before and after, so that breathy beginnings and ends are not cut into.
MARGIN_WINDOWS: Final = 3
# Quieter than the loudest window by 60 dB is silence.
SILENCE: Final = 1e-3


def trimmed(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """`samples`, shape (n,), without the silence at both ends; all silent, they stay as they are."""
    window = round(WINDOW_SECONDS * rate_hz)
    count = len(samples) // window
    if count == 0:
        return samples
    loudness = np.sqrt(np.mean(samples[: count * window].reshape(count, window) ** 2, axis=1))
    loud = np.flatnonzero(loudness > loudness.max() * SILENCE)
    if len(loud) == 0:
        return samples
    first, last = max(loud[0] - MARGIN_WINDOWS, 0), loud[-1] + 1 + MARGIN_WINDOWS
    return samples[first * window : last * window] if last < count else samples[first * window :]
