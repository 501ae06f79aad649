"""What all sessions of a server share."""

from collections.abc import Callable
from dataclasses import dataclass

from voxhelm.kit.clock import Clock
from voxhelm.realtime.judging import Judges
from voxhelm.realtime.live_hearing import Ears
from voxhelm.realtime.saying import Mouth
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.watching import Watches
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Room:
    """The use cases that sessions call, and what is the same for all of them.

    resume_seconds: how long a session outlives its client. kept_event_bytes: of what each client was told last.
    prepare: told what a session is to be like, when it begins and when that changes; raises nothing.
    """

    ears: Ears
    mouth: Mouth
    watcher: Watches
    judge: Judges
    clock: Clock
    log: Log
    metrics: Metrics
    resume_seconds: float = 60.0
    kept_event_bytes: int = 4 * 1024 * 1024
    prepare: Callable[[SessionConfig], None] = lambda _: None
