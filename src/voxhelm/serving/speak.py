"""Say a text."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Final

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.voices import ChosenVoice, VoiceBook
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import ParameterInvalid, TextTooLong
from voxhelm.domain.model import CPU
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.speech import Speech
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.read_ahead import read_ahead
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.casting import Casting, Line
from voxhelm.serving.encoding import EncodingChain
from voxhelm.serving.pace import at_speed
from voxhelm.serving.progress import Progress
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.speakable import speakable

ANYBODY: Final = Caller()
SLOWEST: Final = 0.25
FASTEST: Final = 4.0
# Pieces of sound an engine may be ahead of the encoder and the client: a few sentences.
READ_AHEAD_PIECES: Final = 64


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """What the operator allows.

    longest_text_characters: a longer input is refused.
    default_language: ISO 639-1, for texts that do not tell.
    """

    longest_text_characters: int = 100_000
    default_language: str = "en"


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What a caller wants said. voice: see `VoiceBook.choose`. speed: 0.25 to 4. caller: for admission."""

    text: str
    model: str
    voice: str | None
    format: AudioFormat
    speed: float = 1.0
    caller: Caller = ANYBODY


@dataclass(frozen=True, slots=True)
class Reply:
    """Speech under way: everything that could be wrong with the request has been found out, and the first sound is in hand.

    chunks: the encoded sound, as it is made.
    egress_hosts: where parts of the text were sent outside the LAN.
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
    device: str = CPU
    fallback: str | None = None

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

    async def speak(self, request: SpeechRequest) -> Reply:
        """Begin to say a text; returns when the first sound exists.

        Raises TextEmpty, TextUnspeakable, TextTooLong, ParameterInvalid, and what choosing a voice and loading its model raise.
        """
        started_seconds = self._clock.monotonic_seconds()
        text = self._check(request)
        casting = Casting(self._voices, text, request.voice, request.model, self._options.default_language)
        model_id = casting.chosen.spec.id
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._admission.turn(model_id, request.caller))
            leases = await self._residency.lease_all(casting.model_ids())
            hosts = {(await stack.enter_async_context(lease)).host.spec.id: lease.host for lease in leases}
            placed = next(lease for lease in leases if lease.host.spec.id == model_id)
            batches = read_ahead(self._speeches(casting.lines(), request.speed, hosts), depth=READ_AHEAD_PIECES)
            await stack.enter_async_context(aclosing(batches))
            first: list[Speech] = await anext(batches, [])
            self._metrics.first_audio_seconds.labels(model=model_id).observe(self._clock.monotonic_seconds() - started_seconds)
            self._metrics.speech_characters.labels(model=model_id).inc(len(text))
            progress = Progress()
            made_seconds = self._metrics.speech_audio_seconds.labels(model=model_id)
            stack.callback(lambda: made_seconds.inc(progress.audio_seconds))
            chain = EncodingChain(request.format, progress, self._encoding)
            stack.callback(chain.close)
            chunks = _encoded(chain, first, batches)
            return Reply(
                casting.chosen,
                request.format,
                text,
                progress,
                chunks,
                stack.pop_all(),
                casting.egress_hosts,
                placed.device,
                placed.fallback,
            )

    async def _speeches(self, lines: Iterator[Line], speed: float, hosts: Mapping[str, Host]) -> AsyncGenerator[Speech]:
        """Sentence by sentence, so that the first one can be heard while the others are made, and callers of one model take turns."""
        for line in lines:
            able = speed == 1.0 or self._voices.changes_speed(line.chosen.spec)
            options = SynthesizeOptions(line.chosen.voice.id, speed if able else 1.0, line.chosen.language)
            said = hosts[line.chosen.spec.id].synthesize(line.text, options)
            async with aclosing(said if able else at_speed(said, speed, self._encoding)) as speeches:
                async for speech in speeches:
                    yield speech

    def _check(self, request: SpeechRequest) -> str:
        if not SLOWEST <= request.speed <= FASTEST:
            raise ParameterInvalid(f"speed must be from {SLOWEST} to {FASTEST}; it is {request.speed}.", param="speed")
        if len(request.text) > self._options.longest_text_characters:
            raise TextTooLong(
                f"The text has {len(request.text):,} characters; this server takes {self._options.longest_text_characters:,}. "
                "Send it in parts, or raise speech.longest_text_characters.",
                param="input",
            )
        return speakable(request.text)


async def _encoded(chain: EncodingChain, first: list[Speech], batches: AsyncGenerator[list[Speech]]) -> AsyncGenerator[bytes]:
    if first:
        # Alone, so that the first bytes do not wait for the rest of a sentence to be compressed.
        yield await chain.push(first[:1])
    if first[1:]:
        yield await chain.push(first[1:])
    async for batch in batches:
        data = await chain.push(batch)
        if data:
            yield data
    data = await chain.finish()
    if data:
        yield data
