"""Transcripts by the first step of a route that can hear the recording now."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from voxhelm.catalog.detour import detour
from voxhelm.catalog.routes import ANY_LANGUAGE
from voxhelm.domain.errors import LanguageUnsupported, ModelUnsuited, VoxhelmError
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Hearing, HearingRequest
from voxhelm.serving.route_steps import RouteStep, RouteSteps
from voxhelm.serving.routing import NAMED, Obstacles, Routing, Trial, described, involved


class Hears(Protocol):
    """What a listener does."""

    async def hear(self, request: HearingRequest) -> Hearing:
        """As `serving.hear.Listener`."""
        ...


class Chooses(Protocol):
    """What a listener does before it hears."""

    def choose(self, request: HearingRequest) -> ModelSpec:
        """As `serving.hear.Listener`."""
        ...


class RoutedListener:
    """A listener around another one: a model that fails before the first segment, or is known to be unwell, is gone around.

    As long as another model could hear the recording, its first segment is waited for, `RouteOptions.first_segment_seconds` at most:
    until then nothing has been promised to the caller. A recording that cannot be read again, as one from a pipe, is heard once.
    """

    def __init__(self, listener: Hears, chooses: Chooses, steps: RouteSteps, routing: Routing) -> None:
        """chooses: says who would hear."""
        self._listener = listener
        self._chooses = chooses
        self._steps = steps
        self._routing = routing

    async def hear(self, request: HearingRequest) -> Hearing:
        """As `serving.hear.Listener.hear`, whose errors it raises: the first one, when nobody else can hear it."""
        if self._steps.is_named(request.model) and not self._routing.options.on_named:
            hearing = await self._tried(request, self._routing.trial((self._chooses.choose(request).id,)), wait=False)
            return replace(hearing, route=NAMED)
        walk = self._routing.walk(request.caller.patience_seconds)
        start = _start_of(request)
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
            trial = self._routing.trial((self._chooses.choose(asked).id,))
            try:
                hearing = await self._tried(asked, trial, wait=start is not None and self._has_other(asked))
            except VoxhelmError as error:
                failure = failure or error
                further = self._routing.after(walk, trial.fault)
                if further is None or start is None:
                    raise failure from None
                walk = further
                await asyncio.to_thread(_rewind, request, start)
            else:
                return self._told(hearing, first, obstacles)

    def _asked(self, request: HearingRequest, obstacles: Obstacles | None) -> tuple[HearingRequest, ModelSpec]:
        """The request with its way around what stands in it, and the first choice."""
        first = self._chooses.choose(request)
        if obstacles is None or not involved(obstacles, [(first.id, None)]):
            return request, first
        asked = replace(request, detour=obstacles.around)
        try:
            self._chooses.choose(asked)
        except (LanguageUnsupported, ModelUnsuited):
            raise obstacles.refusal([first.id, *(step.model for step in self._route(request))]) from None
        return asked, first

    def _has_other(self, asked: HearingRequest) -> bool:
        """Whether somebody else could hear it, too."""
        closed = (*asked.detour.closed, self._chooses.choose(asked).id)
        try:
            self._chooses.choose(replace(asked, detour=detour(closed)))
        except (LanguageUnsupported, ModelUnsuited):
            return False
        return True

    def _route(self, request: HearingRequest) -> tuple[RouteStep, ...]:
        return self._steps.steps(Capability.TRANSCRIPTION, request.options.language or ANY_LANGUAGE)

    async def _tried(self, request: HearingRequest, trial: Trial, *, wait: bool) -> Hearing:
        """Begin to hear. wait: for the first segment, or the time that it may take at most."""
        async with AsyncExitStack() as stack:
            stack.callback(trial.abandoned)
            try:
                hearing = await self._listener.hear(request)
                stack.push_async_callback(hearing.aclose)
                segments = _Opening(hearing.segments)
                if wait and self._routing.options.first_segment_seconds:
                    stack.push_async_callback(segments.aclose)
                    await segments.first(self._routing.options.first_segment_seconds)
            except VoxhelmError as error:
                error.model_id = error.model_id or self._chooses.choose(request).id
                trial.failed(error)
                raise
            watched = _watched(segments.all(), trial, hearing.spec.id)
            return replace(hearing, segments=watched, resources=stack.pop_all())

    def _told(self, hearing: Hearing, first: ModelSpec, obstacles: Obstacles | None) -> Hearing:
        used = hearing.spec.id
        reason = obstacles.reason(first.id, None) if obstacles is not None else None
        if used != first.id and reason is not None:
            self._routing.fell_back(Capability.TRANSCRIPTION, first.id, used, reason)
        steps = self._steps.steps(Capability.TRANSCRIPTION, hearing.language or ANY_LANGUAGE)
        return replace(hearing, route=described(steps, first.id, used, obstacles))


class _Opening:
    """The segments of a transcript, of which the first may be waited for before anybody takes them."""

    def __init__(self, segments: AsyncGenerator[Segment]) -> None:
        self._segments = segments
        self._first: asyncio.Task[Segment | None] | None = None

    async def first(self, seconds: float) -> None:
        """Wait for it so long at most. Raises what hearing it raises."""
        self._first = asyncio.create_task(self._next())
        await asyncio.wait((self._first,), timeout=seconds)
        if self._first.done():
            self._first.result()

    async def all(self) -> AsyncGenerator[Segment]:
        """All of them."""
        async with aclosing(self._segments):
            if self._first is not None:
                first = await self._first
                if first is None:
                    return
                yield first
            async for segment in self._segments:
                yield segment

    async def _next(self) -> Segment | None:
        return await anext(self._segments, None)

    async def aclose(self) -> None:
        """Wait for nothing any more; before the segments themselves are closed."""
        if self._first is not None:
            self._first.cancel()
            await asyncio.gather(self._first, return_exceptions=True)


async def _watched(segments: AsyncGenerator[Segment], trial: Trial, model_id: str) -> AsyncGenerator[Segment]:
    """The same, and how it ended is noted."""
    async with aclosing(segments):
        try:
            async for segment in segments:
                yield segment
        except VoxhelmError as error:
            error.model_id = error.model_id or model_id
            trial.failed(error)
            raise
    trial.succeeded()


def _start_of(request: HearingRequest) -> int | None:
    """Where the recording begins in its file; None for one that can be read only once."""
    if isinstance(request.source, Path | Pcm):
        return 0
    return request.source.tell() if request.source.seekable() else None


def _rewind(request: HearingRequest, start: int) -> None:
    if not isinstance(request.source, Path | Pcm):
        request.source.seek(start)
