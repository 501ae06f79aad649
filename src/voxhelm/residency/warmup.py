"""The first call a fresh model gets, so that no user pays for what runtimes do lazily."""

from collections.abc import AsyncIterator
from typing import Final

from voxhelm.domain.model import Capability
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.host import Host

TEXT: Final = "One, two, three."
SILENCE_SECONDS: Final = 1.0


async def warm_up(host: Host, *, voice: str | None, input_rate_hz: int | None) -> None:
    """Make the model work once and throw the result away.

    voice: any voice of a model that speaks. input_rate_hz: what a model that hears takes.
    """

    async def silence() -> AsyncIterator[Pcm]:
        yield Pcm.silence(SILENCE_SECONDS, input_rate_hz or 16_000)

    match host.spec.capability:
        case Capability.SPEECH:
            async for _ in host.synthesize(TEXT, SynthesizeOptions(voice=voice or "")):
                pass
        case Capability.TRANSCRIPTION:
            async for _ in host.transcribe(silence(), TranscribeOptions()):
                pass
        case Capability.VOICE_ACTIVITY:
            async for _ in host.detect(silence()):
                pass
        case Capability.DIARIZATION:
            async for _ in host.diarize(silence(), DiarizeOptions()):
                pass
        case Capability.TURN:
            async for _ in host.judge(silence()):
                pass
