"""How long a text may be silent."""

from typing import Final

from voxhelm.domain.errors import MarkupInvalid

LONGEST_SECONDS: Final = 30.0
# A text of nothing but pauses costs next to nothing to send and hours to deliver.
LONGEST_TOGETHER_SECONDS: Final = 900.0


class Pauses:
    """Adds up the pauses of one text."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def add(self, seconds: float, where: str) -> float:
        """Return `seconds` if the text may be silent for that long. where: for people. Raises MarkupInvalid."""
        if seconds > LONGEST_SECONDS:
            raise MarkupInvalid(
                f"{where} asks for {seconds:g} s of silence; {LONGEST_SECONDS:g} s at once is the most.", param="input"
            )
        self._seconds += seconds
        if self._seconds > LONGEST_TOGETHER_SECONDS:
            raise MarkupInvalid(
                f"With {where} the text has {self._seconds:g} s of pauses; {LONGEST_TOGETHER_SECONDS:g} s is the most.",
                param="input",
            )
        return seconds
