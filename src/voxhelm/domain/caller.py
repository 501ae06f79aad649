"""Who asks, and how urgently."""

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """The classes of urgency; the lower value goes first."""

    REALTIME = 0
    INTERACTIVE = 1
    BATCH = 2


@dataclass(frozen=True, slots=True)
class Caller:
    """What admission needs to know of a request.

    key: stands for one user; requests of one key share a turn with each other. Never a secret itself.
    patience_seconds: how long the request is worth waiting for; None for as long as it takes.
    """

    key: str = ""
    priority: Priority = Priority.INTERACTIVE
    patience_seconds: float | None = None
