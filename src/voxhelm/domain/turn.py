"""Who spoke when."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one speaker speaks.

    start_seconds, end_seconds: from the beginning of the audio; turns of different speakers may overlap.
    speaker: the name of a known speaker, else a label of the diariser's own, the same wherever this speaker is heard.
    """

    start_seconds: float
    end_seconds: float
    speaker: str
