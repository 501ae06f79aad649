"""Whether a speaker who pauses is done: asked of the voice at once, and again when all that was said is in words."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.effects import JudgeTurn
from voxhelm.realtime.happenings import Happening, TurnJudged


class Judges(Protocol):
    """What tells whether a speaker is done: `serving.turn_judging.TurnJudgement`."""

    def prepare(self) -> None:
        """Begin to load what it takes. Returns at once."""
        ...

    async def by_voice(self, pcm: Pcm, caller: Caller) -> float | None:
        """What the voice alone says, 0 to 1; None where nobody has heard it."""
        ...

    def together(self, by_voice: float | None, transcript: str, language: str | None) -> float:
        """What the voice and the words say together, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """All that was said until a pause. language: ISO 639-1, where it is known."""

    transcript: str
    language: str | None


class Judging:
    """The judgements of one session, one at a time: the next pause makes the last one's worthless."""

    def __init__(
        self,
        judges: Judges,
        words: Callable[[str], Awaitable[Words | None]],
        caller: Caller,
        post: Callable[[Happening], None],
    ) -> None:
        """words: what was said of an utterance until its pause, when it is known; None when that will not be."""
        self._judges = judges
        self._words = words
        self._caller = replace(caller, priority=Priority.REALTIME, patience_seconds=None)
        self._post = post
        self._task: asyncio.Task[None] | None = None

    def judge(self, wanted: JudgeTurn) -> None:
        """Have `TurnJudged` come of it: first by the voice, then by the words as well. Returns at once."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._judged(wanted), name="judge-turn")

    async def aclose(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _judged(self, wanted: JudgeTurn) -> None:
        by_voice = await self._judges.by_voice(wanted.pcm, self._caller)
        # Not by the words that are known already: they end somewhere before the pause, at an "and" as likely as not.
        self._tell(wanted, self._judges.together(by_voice, "", wanted.language))
        words = await self._words(wanted.item_id)
        if words is not None:
            self._tell(wanted, self._judges.together(by_voice, words.transcript, words.language or wanted.language))

    def _tell(self, wanted: JudgeTurn, probability: float) -> None:
        self._post(TurnJudged(wanted.item_id, wanted.number, probability))
