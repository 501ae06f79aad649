import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from openai._streaming import SSEDecoder

from voxhelm.api import transcript_events as module
from voxhelm.api.transcript_events import ALIVE, EventOptions, transcript_events
from voxhelm.api.transcripts import Rendering
from voxhelm.domain.errors import EngineCrashed
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Hearing
from voxhelm.serving.progress import Progress
from voxhelm.text.transcript import ParagraphOptions

SPEC = ModelSpec("ears", "fake", Capability.TRANSCRIPTION, ("en",))
FIRST, SECOND = Segment("Hello.", 0.0, 1.0, speaker="A"), Segment("Yes.", 4.0, 5.0, speaker="B")


async def told(segments, options, progress=None):
    hearing = Hearing(SPEC, "en", progress or Progress(5.0, 5.0), segments, AsyncExitStack())
    return [event async for event in transcript_events(hearing, options)]


def events(lines):
    return [json.loads(line.removeprefix(b"data: ")) for line in lines]


async def both():
    yield FIRST
    yield SECOND


async def test_deltas_make_up_the_text_with_its_paragraphs():
    *deltas, done = events(await told(both(), EventOptions(Rendering(paragraphs=ParagraphOptions(2.0)))))
    assert [delta["delta"] for delta in deltas] == ["Hello.", "\n\nYes."]
    assert done["text"] == "Hello.\n\nYes."


async def test_a_segment_follows_the_delta_that_names_it():
    first = events(await told(both(), EventOptions(Rendering(), diarized=True)))[:2]
    assert [event["type"] for event in first] == ["transcript.text.delta", "transcript.text.segment"]
    assert first[0]["segment_id"] == first[1]["id"]
    assert first[1]["speaker"] == "A"


async def test_what_goes_wrong_is_the_last_event():
    async def breaks():
        yield FIRST
        raise EngineCrashed("The process died.")

    delta, error = events(await told(breaks(), EventOptions(Rendering())))
    assert (delta["delta"], error["error"]["code"]) == ("Hello.", "engine_crashed")


async def test_how_far_it_is_is_told_at_both_ends_at_least():
    first, *_, last, done = events(await told(both(), EventOptions(Rendering(), progress=True), Progress(3.25)))
    assert first == last == {"type": "transcript.progress", "heard_seconds": 3.25, "total_seconds": None}
    assert done["type"] == "transcript.text.done"


async def test_a_connection_on_which_nothing_is_told_is_kept_by_what_clients_pass_over(monkeypatch):
    monkeypatch.setattr(module, "ALIVE_SECONDS", 0.001)
    waited = asyncio.Event()

    async def slow():
        await waited.wait()
        yield FIRST

    hearing = Hearing(SPEC, "en", Progress(5.0), slow(), AsyncExitStack())
    stream = transcript_events(hearing, EventOptions(Rendering()))
    assert await anext(stream) == ALIVE
    waited.set()
    lines = b"".join([ALIVE, *[line async for line in stream]])
    read = [event.json() for event in SSEDecoder().iter_bytes(iter([lines]))]
    assert [event["type"] for event in read] == ["transcript.text.delta", "transcript.text.done"]


@pytest.mark.parametrize("segments", [(), (Segment(" ", 0.0, 1.0),)])
async def test_where_nobody_speaks_there_is_only_the_end(segments):
    async def nothing():
        for segment in segments:
            yield segment

    (done,) = events(await told(nothing(), EventOptions(Rendering())))
    assert (done["text"], done["usage"]["output_tokens"]) == ("", 0)
