"""Louder or softer, without clipping."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Above this part of full scale, what would be louder is bent over instead of cut off.
KNEE: Final = 0.8
FULL_SCALE: Final = 32767.0


def amplified(samples: NDArray[np.int16], gain: float) -> NDArray[np.int16]:
    """`samples` times `gain`; peaks that would go beyond full scale are rounded off."""
    if gain == 1.0 or len(samples) == 0:
        return samples
    louder = samples.astype(np.float32) * np.float32(gain)
    if gain > 1.0 and max(louder.max(), -louder.min()) > KNEE * FULL_SCALE:
        size = np.abs(louder) / FULL_SCALE
        over = size > KNEE
        bent = KNEE + (1 - KNEE) * np.tanh((size[over] - KNEE) / (1 - KNEE))
        louder[over] = np.sign(louder[over]) * bent * FULL_SCALE
    return np.asarray(np.rint(louder), dtype=np.int16)
