"""Say a text."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import ParameterInvalid, TextTooLong
from voxhelm.domain.model import CPU
from voxhelm.domain.pcm import Pcm
from voxhelm.kit.clock import Clock
from voxhelm.kit.read_ahead import read_ahead
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.blame import blaming
from voxhelm.serving.casting import Casting, Line, Wanted
from voxhelm.serving.delivery import Delivery, Rest, Said
from voxhelm.serving.encoding import EncodingChain
from voxhelm.serving.levels import Levels
from voxhelm.serving.progress import Progress
from voxhelm.serving.saying import FASTEST, SLOWEST, Stage, said
from voxhelm.serving.script import Reading, paced
from voxhelm.serving.timeline import Timeline
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.lexicon import Lexicon
from voxhelm.text.markup import InputType, has_sounds, parse, spoken_text
from voxhelm.text.part import Part

ANYBODY: Final = Caller()
# Pieces of sound an engine may be ahead of the encoder and the client: a few sentences.
READ_AHEAD_PIECES: Final = 64


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """What the operator allows.

    longest_text_characters: a longer input is refused.
    default_language: ISO 639-1, for texts that do not tell.
    reading: how text is read, unless the request says otherwise. even_loudness: whether all voices are made equally loud, likewise.
    """

    longest_text_characters: int = 100_000
    default_language: str = "en"
    reading: Reading = field(default_factory=lambda: Reading(Lexicon()))
    even_loudness: bool = True


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What a caller wants said.

    voice: see `VoiceBook.choose`. speed: 0.25 to 4. caller: for admission.
    cached: whether it may be kept, and come from what was. input_type: how the text is to be understood.
    instructions: how to say it, in words. figures, even_loudness: as in SpeechOptions; None is as the operator has it.
    timed: whether it is wanted when each word is heard. detour: what is gone around.
    language: ISO 639-1, of the text, where the caller knows it; a text in other letters is guessed all the same.
    """

    text: str
    model: str
    voice: str | None
    format: AudioFormat
    speed: float = 1.0
    caller: Caller = ANYBODY
    input_type: InputType = InputType.AUTO
    instructions: str | None = None
    figures: bool | None = None
    even_loudness: bool | None = None
    timed: bool = False
    cached: bool = True
    detour: Detour = STRAIGHT
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Speech under way: everything that could be wrong with the request has been found out, and the first sound is in hand.

    chunks: the encoded sound, as it is made.
    egress_hosts: where parts of the text were sent outside the LAN.
    voice_ids: of all voices that have a part.
    cache: whether it was kept from before: see `serving.narrator`. route: by which step of a route: see `serving.routed_speech`.
    ignored: what was asked for that a voice of this reply cannot follow: `instructions`, `phoneme`.
    timeline: when words are heard, as far as is known by now; None unless it was asked for.
    device: where the chosen voice's model is. fallback: why it is not on a card, if it belongs on one.
    To be closed when done with, read or not: then the engine stops and the model is given back.
    """

    chosen: ChosenVoice
    format: AudioFormat
    text: str
    progress: Progress
    chunks: AsyncGenerator[bytes]
    resources: AsyncExitStack
    egress_hosts: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    timeline: Timeline | None = None
    device: str = CPU
    fallback: str | None = None
    voice_ids: tuple[str, ...] = ()
    cache: str = "off"
    route: str = ""

    async def aclose(self) -> None:
        """Stop and give everything back; more than once does no harm."""
        await self.chunks.aclose()
        await self.resources.aclose()


class Speaker:
    """The use case: from a text to encoded sound, beginning with the first sentence."""

    def __init__(
        self,
        options: SpeechOptions,
        voices: VoiceBook,
        residency: Residency,
        admission: Admission,
        encoding: Executor,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """encoding: threads that compress and stretch, as many as there are processors; more would only wait for each other."""
        self._admission = admission
        self._encoding = encoding
        self._options = options
        self._voices = voices
        self._residency = residency
        self._metrics = metrics
        self._clock = clock
        self._levels = Levels()

    async def speak(self, request: SpeechRequest) -> Reply:
        """Begin to say a text; returns when the first sound exists.

        Raises TextEmpty, TextUnspeakable, TextTooLong, MarkupInvalid, ParameterInvalid, and what choosing a voice and loading its model
        raise.
        """
        started_seconds = self._clock.monotonic_seconds()
        parts = self._check(request)
        casting = self._casting(request, parts)
        model_id = casting.chosen.spec.id
        async with AsyncExitStack() as stack:
            stack.enter_context(blaming(model_id))
            await stack.enter_async_context(self._admission.turn(model_id, request.caller))
            leases = await self._residency.lease_all(casting.model_ids())
            hosts = {(await stack.enter_async_context(lease)).host.spec.id: lease.host for lease in leases}
            placed = next(lease for lease in leases if lease.host.spec.id == model_id)
            stage = Stage(self._voices, hosts, self._encoding, request.speed, request.instructions, request.timed)
            speeches = said(self._lines(request, casting), stage, casting.last_pause_seconds)
            batches = read_ahead(speeches, depth=READ_AHEAD_PIECES)
            await stack.enter_async_context(aclosing(batches))
            first: list[Said | Rest] = await anext(batches, [])
            self._metrics.first_audio_seconds.labels(model=model_id).observe(self._clock.monotonic_seconds() - started_seconds)
            self._metrics.speech_characters.labels(model=model_id).inc(len(request.text))
            progress = Progress()
            made_seconds = self._metrics.speech_audio_seconds.labels(model=model_id)
            stack.callback(lambda: made_seconds.inc(progress.audio_seconds))
            chain = EncodingChain(request.format, progress, self._encoding)
            stack.callback(chain.close)
            timeline = Timeline(request.format.lead_seconds) if request.timed else None
            even = self._options.even_loudness if request.even_loudness is None else request.even_loudness
            delivery = Delivery(self._levels if even else None, timeline)
            chunks = _encoded(chain, delivery, first, batches)
            return Reply(
                casting.chosen,
                request.format,
                spoken_text(parts),
                progress,
                chunks,
                stack.pop_all(),
                casting.egress_hosts,
                self._ignored(request, parts, casting),
                timeline,
                placed.device,
                placed.fallback,
                tuple(dict.fromkeys(one.voice.id for one in casting.voices)),
            )

    def cast(self, request: SpeechRequest) -> Casting:
        """Who would say it, without saying anything. Raises as `speak`, before it waits for anything."""
        return self._casting(request, self._check(request))

    def _casting(self, request: SpeechRequest, parts: Sequence[Part]) -> Casting:
        return Casting(
            self._voices,
            parts,
            Wanted(request.voice, request.model, self._options.default_language, request.detour, request.language),
        )

    def _lines(self, request: SpeechRequest, casting: Casting) -> Iterator[Line]:
        reading = self._options.reading
        if request.figures is not None:
            reading = replace(reading, figures=request.figures)
        return paced((reading.read(line, self._voices) for line in casting.lines()), self._voices)

    def _ignored(self, request: SpeechRequest, parts: Sequence[Part], casting: Casting) -> tuple[str, ...]:
        abilities = [self._voices.capabilities(one.spec) for one in casting.voices]
        wanted = {
            "instructions": bool(request.instructions) and not all(one.instructions for one in abilities),
            "phoneme": not all(one.ipa for one in abilities) and has_sounds(parts),
        }
        return tuple(name for name, ignored in wanted.items() if ignored)

    def _check(self, request: SpeechRequest) -> list[Part]:
        if not SLOWEST <= request.speed <= FASTEST:
            raise ParameterInvalid(f"speed must be from {SLOWEST} to {FASTEST}; it is {request.speed}.", param="speed")
        if len(request.text) > self._options.longest_text_characters:
            raise TextTooLong(
                f"The text has {len(request.text):,} characters; this server takes {self._options.longest_text_characters:,}. "
                "Send it in parts, or raise speech.longest_text_characters.",
                param="input",
            )
        return parse(request.text, request.input_type)


async def _encoded(
    chain: EncodingChain, delivery: Delivery, first: list[Said | Rest], batches: AsyncGenerator[list[Said | Rest]]
) -> AsyncGenerator[bytes]:
    def made(batch: list[Said | Rest]) -> Callable[[], list[Pcm]]:
        return lambda: delivery.deliver(batch)

    # Alone, so that the first bytes do not wait for the rest of a sentence to be compressed.
    for batch in filter(None, (first[:1], first[1:])):
        data = await chain.push(made(batch))
        if data:
            yield data
    async for batch in batches:
        data = await chain.push(made(batch))
        if data:
            yield data
    data = await chain.finish()
    if data:
        yield data
