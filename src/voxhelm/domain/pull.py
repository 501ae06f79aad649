"""What happens while a model is pulled, for whoever shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullWaiting:
    """Somebody else is pulling or removing the same model; this goes on when they are done."""

    model_id: str


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far it is. file: that is being received. received_bytes, total_bytes: of the whole model."""

    model_id: str
    file: str
    received_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class PullDone:
    """The model is installed.

    engine: that loads it. changed: False when it was there already. remedy: what to do before it can be loaded, None when nothing is.
    """

    model_id: str
    engine: str
    size_bytes: int
    changed: bool
    remedy: str | None = None


PullEvent = PullWaiting | PullProgress | PullDone
