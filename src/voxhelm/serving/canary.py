"""Checking voices now and then, so that somebody notices when one is not what it was."""

import asyncio
from collections.abc import Sequence
from typing import Final

from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.model import Capability
from voxhelm.kit.clock import Clock
from voxhelm.serving.route_steps import RouteSteps
from voxhelm.serving.voice_check import Verdict
from voxhelm.serving.voice_checker import CheckRequest, Target, VoiceChecker
from voxhelm.telemetry.log import Log

# A check that is due may begin so much later.
LATE_SECONDS: Final = 30.0


class Canary:
    """Checks the operator's voices, and those of the steps of routes, whenever their last check is old enough. Nothing is sent away."""

    def __init__(self, checker: VoiceChecker, steps: RouteSteps, interval_seconds: float, clock: Clock, log: Log) -> None:
        """interval_seconds: how old a check may be."""
        self._checker = checker
        self._steps = steps
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._log = log

    async def run(self) -> None:
        """Go on until cancelled; not at once, since a server that starts has better things to do."""
        while True:
            await asyncio.sleep(min(self._interval_seconds, LATE_SECONDS))
            await self.round()

    async def round(self) -> None:
        """Check what is due now, one voice after the other."""
        for target in self._targets():
            record = self._checker.book.record(target.voice, target.language)
            last = record.last.checked_unix_seconds if record.last is not None else None
            if not is_due(last, self._clock.unix_seconds(), self._interval_seconds):
                continue
            check = await self._checker.check_one(target)
            if check.verdict in (Verdict.WORSE, Verdict.FAILED):
                self._log.warning("a voice is not what it was", voice=check.voice, language=check.language, reason=check.reason)

    def _targets(self) -> Sequence[Target]:
        try:
            found = self._checker.targets(CheckRequest())
            for language in self._steps.languages(Capability.SPEECH):
                if not self._steps.is_automatic(Capability.SPEECH, language):
                    for step in self._steps.steps(Capability.SPEECH, language):
                        if step.voice is not None and step.reason is None:
                            found += self._checker.targets(CheckRequest(f"{step.model}/{step.voice}", language))
        except VoxhelmError as error:
            # A model was removed that a name stands for; requests are told.
            self._log.warning("voices cannot be checked", reason=error.message)
            return ()
        local = {(one.voice, one.language): one for one in found if one.chosen.spec.egress_host is None}
        return [target for target in local.values() if self._checker.ear(target.language) is not None]


def is_due(last_unix_seconds: float | None, now_unix_seconds: float, interval_seconds: float) -> bool:
    """Whether a voice whose last check was then is to be checked again. A clock that was put back makes it due, too."""
    return last_unix_seconds is None or not 0 <= now_unix_seconds - last_unix_seconds < interval_seconds
