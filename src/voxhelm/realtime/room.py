"""What all sessions of a server share."""

from dataclasses import dataclass
from typing import Protocol

from voxhelm.domain.caller import Caller
from voxhelm.domain.pcm import Pcm
from voxhelm.kit.clock import Clock
from voxhelm.realtime.live_hearing import Ears
from voxhelm.realtime.saying import Mouth
from voxhelm.realtime.watching import Watches
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


class Judges(Protocol):
    """What tells whether a speaker is done."""

    def prepare(self) -> None:
        """As `serving.turn_judging.TurnJudgement`."""
        ...

    async def judge(self, pcm: Pcm, transcript: str, language: str | None, caller: Caller) -> float:
        """As `serving.turn_judging.TurnJudgement`."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """The use cases that sessions call, and what is the same for all of them.

    resume_seconds: how long a session outlives its client. kept_event_bytes: of what each client was told last.
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
