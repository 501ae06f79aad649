"""What a model takes, as it was thought and as it was seen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """One model at one place, on one device.

    placed_on: where it is loaded. device: whose memory this is about: a model on a card takes some of the host's, too.
    declared_bytes: what its engine expects. measured_bytes: the most it has been seen to hold; None when it never was.
    measured_unix_seconds: when that was. load_seconds: how long its last load there took.
    """

    placed_on: str
    device: str
    declared_bytes: int | None
    measured_bytes: int | None = None
    measured_unix_seconds: float | None = None
    load_seconds: float | None = None
