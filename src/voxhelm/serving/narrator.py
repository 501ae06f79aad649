"""Say a text, or what is left of having said it before."""

import asyncio
import hashlib
import io
import unicodedata
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, Protocol

import msgspec

from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import ChosenVoice
from voxhelm.domain.errors import Unavailable
from voxhelm.domain.segment import Segment
from voxhelm.domain.voice import Voice
from voxhelm.serving.narration import Narration
from voxhelm.serving.progress import Progress
from voxhelm.serving.speak import ANYBODY, Reply, SpeechRequest
from voxhelm.serving.timeline import Timeline
from voxhelm.serving.world import World
from voxhelm.store.results import Result, Results, ResultsUnavailable
from voxhelm.store.spool import PIECE_BYTES, Spool
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# To be counted up when what is kept, or what it is found by, changes its form.
SCHEME: Final = "2"
# Narrations that wait for the disk, each with up to a mebibyte in memory.
MOST_KEPT_AT_ONCE: Final = 64
HIT: Final = "hit"
JOINED: Final = "joined"
MISS: Final = "miss"
OFF: Final = "off"


class Says(Protocol):
    """What a speaker does."""

    async def speak(self, request: SpeechRequest) -> Reply:
        """As `serving.speak.Speaker`."""
        ...


@dataclass(frozen=True, slots=True)
class KeepOptions:
    """What the operator allows. cloud: whether sound that a cloud has made may be kept, too."""

    cloud: bool = False


class Narrator:
    """A speaker around another one: the same text in the same voice is made once, also when it is asked for twice at one moment.

    Only what was made whole is kept. `Reply.cache` says what happened: hit, joined (made for somebody else at this moment), miss, off.
    """

    def __init__(
        self,
        speaker: Says,
        results: Results | None,
        world: World,
        catalog: Catalog,
        options: KeepOptions,
        metrics: Metrics,
        log: Log,
    ) -> None:
        """speaker: makes what is not there. results: None keeps nothing and joins nobody."""
        self._speaker = speaker
        self._results = results
        self._world = world
        self._catalog = catalog
        self._options = options
        self._metrics = metrics
        self._log = log
        self._under_way: dict[tuple[str, int], Narration] = {}
        self._unended: set[Narration] = set()
        self._forgotten: set[str] = set()
        self._keeping = 0

    async def speak(self, request: SpeechRequest) -> Reply:
        """As `serving.speak.Speaker.speak`, whose errors it raises."""
        reply = await self._spoken(request)
        self._metrics.cache_requests.labels(outcome=reply.cache).inc()
        return reply

    async def forget_voice(self, voice_id: str) -> None:
        """Remove everything that was said with a voice, and keep nothing of it any more."""
        if self._results is not None:
            self._forgotten.add(voice_id)
            await asyncio.to_thread(self._results.forget, voice_id)

    async def settle(self) -> None:
        """Wait until what is being made is made, and kept."""
        await asyncio.gather(*(narration.over() for narration in self._unended))

    async def aclose(self) -> None:
        """Let go of what is kept; it stays where it is."""
        await self.settle()
        if self._results is not None:
            self._results.close()

    async def _spoken(self, request: SpeechRequest) -> Reply:
        if self._results is None or not request.cached:
            return await self._speaker.speak(request)
        key = await self._key(request)
        narration = self._under_way.get((key, request.caller.priority.value))
        if narration is not None and narration.may_be_joined:
            # Asked before the disk: in the moment that the disk takes it may have ended, and be found in neither place.
            return await self._made(key, request, self._results)
        try:
            found = await asyncio.to_thread(self._results.find, key)
        except ResultsUnavailable as error:
            self._log.warning("results cannot be read", reason=str(error))
            return await self._speaker.speak(request)
        kept = self._from(found, request) if found is not None else None
        return kept if kept is not None else await self._made(key, request, self._results)

    async def _key(self, request: SpeechRequest) -> str:
        """What the same sound is found by: the request without who asks, and everything else that bears on it."""
        world = self._world.known_fingerprint() or await asyncio.to_thread(self._world.fingerprint)
        text = unicodedata.normalize("NFC", request.text).strip()
        asked = replace(request, text=text, caller=ANYBODY)
        return hashlib.sha256(f"{SCHEME}\0{world}\0{asked!r}".encode("utf-8", "surrogatepass")).hexdigest()

    def _from(self, found: Result, request: SpeechRequest) -> Reply | None:
        """A reply of what was kept; None when it is of a model that is not here any more."""
        facts = found.facts
        spec = self._catalog.find(facts["model"])
        if spec is None:
            found.file.close()
            return None
        resources = AsyncExitStack()
        resources.callback(found.file.close)
        chosen = ChosenVoice(spec, Voice(facts["voice"], facts["voice"], (facts["language"],)), facts["language"])
        return Reply(
            chosen,
            request.format,
            facts["text"],
            Progress(facts["audio_seconds"]),
            _read(found.file),
            resources,
            ignored=tuple(facts["ignored"]),
            device=facts["device"],
            timeline=_timeline_of(facts["segments"]) if request.timed else None,
            cache=HIT,
        )

    async def _made(self, key: str, request: SpeechRequest, results: Results) -> Reply:
        # Who is in more of a hurry does not wait in somebody else's place. Words that become known are told to one listener only.
        place = (key, request.caller.priority.value)
        narration = self._under_way.get(place) if not request.timed else None
        if narration is not None and narration.may_be_joined:
            try:
                return await self._listening(narration, JOINED)
            except Unavailable:
                # Of the one who was first: its patience, its place in the line. Ours may be better.
                narration = None
        made = Narration(lambda: self._speaker.speak(request), lambda reply, spool: self._keep(key, reply, spool, results))
        self._under_way[place] = made
        self._unended.add(made)
        made.ended(lambda: self._forget(place, made))
        return await self._listening(made, MISS)

    async def _listening(self, narration: Narration, cache: str) -> Reply:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(narration.leave)
            reply = await narration.listen()
            outcome = cache if self._may_keep(reply) else OFF
            return replace(reply, chunks=narration.chunks(), resources=stack.pop_all(), cache=outcome)

    def _forget(self, place: tuple[str, int], narration: Narration) -> None:
        self._unended.discard(narration)
        if self._under_way.get(place) is narration:
            del self._under_way[place]

    def _may_keep(self, reply: Reply) -> bool:
        return not reply.egress_hosts or self._options.cloud

    async def _keep(self, key: str, reply: Reply, spool: Spool, results: Results) -> None:
        if not self._may_keep(reply):
            return
        if self._keeping >= MOST_KEPT_AT_ONCE:
            return  # the disk does not keep up, and their memory is needed
        self._keeping += 1
        tags = " ".join(reply.voice_ids)
        try:
            usage = await asyncio.to_thread(results.keep, key, spool.pieces(), spool.size_bytes, _facts(reply), tags)
            for voice_id in self._forgotten.intersection(reply.voice_ids):
                await asyncio.to_thread(results.forget, voice_id)
        except ResultsUnavailable as error:
            self._log.warning("a result cannot be kept", reason=str(error))
            return
        finally:
            self._keeping -= 1
        self._metrics.cache_evictions.inc(usage.forgotten)
        self._metrics.cache_bytes.set(usage.size_bytes)


def header_of(cache: str) -> str:
    """The word for the header: who joined has not had it made."""
    return HIT if cache == JOINED else cache


def _facts(reply: Reply) -> Mapping[str, Any]:
    return {
        "model": reply.chosen.spec.id,
        "voice": reply.chosen.voice.id,
        "language": reply.chosen.language,
        "device": reply.device,
        "text": reply.text,
        "ignored": reply.ignored,
        "audio_seconds": reply.progress.audio_seconds,
        "segments": msgspec.to_builtins(reply.timeline.segments()) if reply.timeline is not None else [],
    }


def _timeline_of(kept: Sequence[Any]) -> Timeline:
    timeline = Timeline()
    for number, segment in enumerate(msgspec.convert(kept, list[Segment])):
        timeline.begin(number, segment.text, segment.start_seconds)
        for word in segment.words:
            timeline.add(word, 0.0)
        timeline.end(segment.end_seconds)
    return timeline


async def _read(file: BinaryIO) -> AsyncGenerator[bytes]:
    in_memory = isinstance(file, io.BytesIO)
    while piece := file.read(PIECE_BYTES) if in_memory else await asyncio.to_thread(file.read, PIECE_BYTES):
        yield piece
