"""Why a step of a route was not taken, or was left."""

from enum import StrEnum

from voxhelm.domain import errors
from voxhelm.domain.errors import VoxhelmError


class RouteReason(StrEnum):
    """The reasons, as metrics name them; a header has spaces in them."""

    NOT_INSTALLED = "not_installed"
    """Nothing of that name is installed."""
    CLOUD_FORBIDDEN = "cloud_forbidden"
    """It would send what it is given out of the local network, which is not allowed."""
    UNSUITED = "unsuited"
    """It does not know the language, or cannot read the script, or cannot do what was asked."""
    BREAKER_OPEN = "breaker_open"
    """It failed several times in a row and is left alone for a while."""
    DEGRADED = "degraded"
    """The quality gate has found that its voice is not what it was."""
    NO_ROOM = "no_room"
    """There is no memory for it."""
    QUEUE_FULL = "queue_full"
    """Too many requests wait for it."""
    NOT_LOADED = "not_loaded"
    """It could not be loaded."""
    CRASHED = "crashed"
    """Its process died before the first sound or segment."""
    FAILED = "failed"
    """It, or the server behind it, failed before the first sound or segment."""

    @property
    def words(self) -> str:
        """For people."""
        return self.value.replace("_", " ")


def reason_of(error: VoxhelmError, *, when_queue_full: bool) -> RouteReason | None:
    """Why the next step is to be taken after an error; None for errors that are the caller's, or of which no other model is the cure.

    when_queue_full: whether the operator wants those who find a full line sent to another model.
    """
    match error:
        case errors.QueueFull():
            return RouteReason.QUEUE_FULL if when_queue_full else None
        case errors.InsufficientMemory() | errors.OutOfMemory():
            return RouteReason.NO_ROOM
        case errors.ModelLoadFailed():
            return RouteReason.NOT_LOADED
        case errors.EngineCrashed():
            return RouteReason.CRASHED
        case errors.EngineFailed():
            return RouteReason.FAILED
        case errors.DeadlineMissed() | errors.RequestCancelled() | errors.ShuttingDown():
            return None
        case errors.HubUnavailable() | errors.DownloadDamaged() | errors.DiskFull():
            return None
        case errors.Unavailable():
            return RouteReason.FAILED
        case _:
            return None


def counts_against(reason: RouteReason) -> bool:
    """Whether a reason says something of the model itself: who has no room or a full line now may be well in a moment."""
    return reason not in (RouteReason.NO_ROOM, RouteReason.QUEUE_FULL)
