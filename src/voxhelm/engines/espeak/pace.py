"""From a speed to what the library can do by itself and what is left to stretching."""

from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import ParameterInvalid

WORDS_PER_MINUTE: Final = 175
# The library's own floor; anything lower sounds the same.
SLOWEST_WORDS_PER_MINUTE: Final = 80
# Within these its articulation is right and its durations follow; beyond, the sound is stretched.
SLOWEST_NATIVE: Final = 0.5
FASTEST_NATIVE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """words_per_minute: for the library. stretch: how much faster its sound must then be played, 1.0 as it is."""

    words_per_minute: int
    stretch: float

    @staticmethod
    def for_speed(speed: float, *, can_stretch: bool) -> "Pace":
        """speed: 0.25 to 4, else ParameterInvalid. Without stretching, below 0.46 stays at 0.46."""
        if not 0.25 <= speed <= 4:
            raise ParameterInvalid(f"speed is {speed}, it must be from 0.25 to 4.", param="speed")
        native = min(max(speed, SLOWEST_NATIVE), FASTEST_NATIVE) if can_stretch else speed
        stretch = speed / native
        return Pace(max(round(WORDS_PER_MINUTE * native), SLOWEST_WORDS_PER_MINUTE), stretch)
