"""A transcript as server-sent events, while it is made."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from voxhelm.api import sse
from voxhelm.api.errors import envelope_of
from voxhelm.api.transcripts import Rendering, done_event, heard_by, log_probabilities, segment_id, spoken_segment, timed_segment
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.segment import Segment
from voxhelm.kit.streams import with_ticks
from voxhelm.serving.hear import Hearing
from voxhelm.text.transcript import RunningText

PROGRESS_SECONDS: Final = 1.0
# Proxies give up a connection on which nothing has come for a minute, some for half of it.
ALIVE_SECONDS: Final = 15.0
ALIVE: Final = b": still hearing\n\n"


@dataclass(frozen=True, slots=True)
class EventOptions:
    """What a stream tells.

    diarized: segments with their speakers, too. timed: segments with their times, too. progress: how far it is, about once a second.
    """

    rendering: Rendering
    diarized: bool = False
    timed: bool = False
    progress: bool = False


async def transcript_events(hearing: Hearing, options: EventOptions) -> AsyncGenerator[bytes]:
    """Segments as they become final. A stream that ends without `transcript.text.done` has failed; an event with `error` says why."""
    segments: list[Segment] = []
    running = RunningText(options.rendering.paragraphs)
    tick_seconds = PROGRESS_SECONDS if options.progress else ALIVE_SECONDS
    if options.progress:
        yield _progress(hearing)
    try:
        async with aclosing(with_ticks(hearing.segments, tick_seconds)) as coming:
            async for segment in coming:
                if segment is None:
                    yield _progress(hearing) if options.progress else ALIVE
                    continue
                for event in _events(len(segments), segment, running, options):
                    yield event
                segments.append(segment)
    except VoxhelmError as error:
        yield sse.event(envelope_of(error)[1])
        return
    if options.progress:
        yield _progress(hearing)
    yield sse.event(done_event(heard_by(hearing, segments), options.rendering))


def _events(number: int, segment: Segment, running: RunningText, options: EventOptions) -> list[bytes]:
    delta = running.push(segment)
    if not delta:
        return []
    body: dict[str, object] = {"type": "transcript.text.delta", "delta": delta}
    if options.rendering.log_probabilities:
        body["logprobs"] = list(log_probabilities(segment))
    if options.timed:
        return [sse.event(body), sse.event(timed_segment(number, segment, options.rendering))]
    if not options.diarized:
        return [sse.event(body)]
    return [sse.event(body | {"segment_id": segment_id(number)}), sse.event(spoken_segment(number, segment))]


def _progress(hearing: Hearing) -> bytes:
    progress = hearing.progress
    total_seconds = None if progress.total_seconds is None else round(progress.total_seconds, 3)
    return sse.event(
        {"type": "transcript.progress", "heard_seconds": round(progress.audio_seconds, 3), "total_seconds": total_seconds}
    )
