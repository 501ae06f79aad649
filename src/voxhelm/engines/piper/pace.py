"""From a speed to what a voice can do by itself and what is left to stretching."""

from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import ParameterInvalid

# Within these a voice articulates well. Beyond, phonemes would get too short to be rounded up to whole frames, or drag.
SLOWEST_NATIVE: Final = 0.5
FASTEST_NATIVE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """native: how much faster the voice speaks. stretch: how much faster its sound is then played, 1.0 as it is."""

    native: float
    stretch: float

    @staticmethod
    def for_speed(speed: float) -> "Pace":
        """speed: 0.25 to 4, else ParameterInvalid."""
        if not 0.25 <= speed <= 4:
            raise ParameterInvalid(f"speed is {speed}, it must be from 0.25 to 4.", param="speed")
        native = min(max(speed, SLOWEST_NATIVE), FASTEST_NATIVE)
        return Pace(native, speed / native)
