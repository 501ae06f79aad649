"""Speech by the first step of a route that can say it now."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.domain.errors import LanguageUnsupported, VoiceNotFound, VoxhelmError
from voxhelm.domain.model import Capability
from voxhelm.serving.casting import Casting
from voxhelm.serving.narrator import HIT, JOINED, Says
from voxhelm.serving.route_steps import RouteSteps
from voxhelm.serving.routing import NAMED, Obstacles, Routing, Trial, described, involved
from voxhelm.serving.speak import Reply, SpeechRequest


class Casts(Protocol):
    """What a speaker does before it speaks."""

    def cast(self, request: SpeechRequest) -> Casting:
        """As `serving.speak.Speaker`."""
        ...


class RoutedSpeaker:
    """A speaker around another one: a model that fails before the first sound, or is known to be unwell, is gone around.

    What is tried is bounded by `RouteOptions.attempts` and the caller's patience. A model or voice that the caller names is not replaced
    unless the operator says so. `Reply.route` says which step answered, and why none before it.
    """

    def __init__(self, speaker: Says, casts: Casts, voices: VoiceBook, steps: RouteSteps, routing: Routing) -> None:
        """casts: says who would speak."""
        self._speaker = speaker
        self._casts = casts
        self._voices = voices
        self._steps = steps
        self._routing = routing

    async def speak(self, request: SpeechRequest) -> Reply:
        """As `serving.speak.Speaker.speak`, whose errors it raises: the first one, when nobody else can say it."""
        if self._is_named(request) and not self._routing.options.on_named:
            return replace(await self._tried(request, self._trial(request)), route=NAMED)
        walk = self._routing.walk(request.caller.patience_seconds)
        failure: VoxhelmError | None = None
        while True:
            obstacles = self._routing.obstacles(walk)
            try:
                asked, first = self._asked(request, obstacles)
            except VoxhelmError as error:
                raise failure or error from None
            if walk.left:
                caller = replace(request.caller, patience_seconds=self._routing.patience_seconds(walk))
                asked = replace(asked, caller=caller)
            trial = self._trial(asked)
            try:
                reply = await self._tried(asked, trial)
            except VoxhelmError as error:
                failure = failure or error
                further = self._routing.after(walk, trial.fault)
                if further is None:
                    raise failure from None
                walk = further
            else:
                return self._told(reply, first or reply.chosen, obstacles)

    def _is_named(self, request: SpeechRequest) -> bool:
        return self._steps.is_named(request.model) or self._voices.is_for_one_model(request.voice)

    def _asked(self, request: SpeechRequest, obstacles: Obstacles | None) -> tuple[SpeechRequest, ChosenVoice | None]:
        """The request with its way around what stands in it, and the first choice where that had to be found out."""
        if obstacles is None:
            return request, None
        casting = self._casts.cast(request)
        if not involved(obstacles, [(one.spec.id, one.voice.id) for one in casting.voices]):
            # Kept as it is, so that what was said before is found.
            return request, casting.chosen
        asked = replace(request, detour=obstacles.around)
        try:
            self._casts.cast(asked)
        except (LanguageUnsupported, VoiceNotFound):
            steps = (step.model for step in self._steps.steps(Capability.SPEECH, casting.chosen.language))
            raise obstacles.refusal([*casting.model_ids(), *steps]) from None
        return asked, casting.chosen

    def _trial(self, request: SpeechRequest) -> Trial:
        # With everybody well there is nothing to note when it ends well.
        return self._routing.trial(self._casts.cast(request).model_ids() if self._routing.health.troubled else ())

    async def _tried(self, request: SpeechRequest, trial: Trial) -> Reply:
        try:
            reply = await self._speaker.speak(request)
        except VoxhelmError as error:
            trial.failed(error)
            raise
        except BaseException:
            trial.abandoned()
            raise
        reply.resources.callback(trial.abandoned)
        if reply.cache in (HIT, JOINED):
            return reply  # which tells nothing of the model
        return replace(reply, chunks=_watched(reply.chunks, trial))

    def _told(self, reply: Reply, first: ChosenVoice, obstacles: Obstacles | None) -> Reply:
        used = reply.chosen
        if obstacles is not None and (used.spec.id, used.voice.id) != (first.spec.id, first.voice.id):
            reason = obstacles.reason(first.spec.id, first.voice.id)
            if reason is not None:
                self._routing.fell_back(Capability.SPEECH, first.spec.id, used.spec.id, reason)
        steps = self._steps.steps(Capability.SPEECH, used.language)
        return replace(reply, route=described(steps, first.spec.id, used.spec.id, obstacles))


async def _watched(chunks: AsyncGenerator[bytes], trial: Trial) -> AsyncGenerator[bytes]:
    """The same, and how it ended is noted: what fails behind the first sound cannot be replaced, and counts all the same."""
    async with aclosing(chunks):
        try:
            async for chunk in chunks:
                yield chunk
        except VoxhelmError as error:
            trial.failed(error)
            raise
    trial.succeeded()
