"""A stretch of the caller's speech that goes on."""

from dataclasses import dataclass


@dataclass(slots=True)
class Utterance:
    """From its first sound to its commit.

    begin_ms: where its sound begins, with a little before the voice. voice_ms: where the voice begins, None for one that the client ends.
    held: it may be a listener's "mm-hm", and is not told of before that is decided.
    pauses: how many there were; the number of the last is asked about. finished: whether all of it is being heard already.
    ended_ms: where it ended while it was still held. partial: what has been heard of it so far.
    """

    item_id: str
    begin_ms: float
    voice_ms: float | None = None
    voice_end_ms: float | None = None
    held: bool = False
    pauses: int = 0
    finished: bool = False
    ended_ms: float | None = None
    partial: str = ""
