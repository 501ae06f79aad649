"""The registration of Microsoft's voices."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.edge_tts.installation import HOST, REMEDY, is_installed
from voxhelm.engines.edge_tts.model import EdgeSynthesizer
from voxhelm.engines.edge_tts.voices import find_voice, listed_voices

NAME: Final = "edge_tts"
MODEL_ID: Final = "edge-tts"
# Growth of resident memory by the first request, measured on x86-64 against a server on loopback, aiohttp and FFmpeg: 38 MB.
FOOTPRINT_BYTES: Final = 45_000_000


def discover(_models: Path) -> Sequence[ModelSpec]:
    """The one model, when the package is installed; whether it may be used is not for an engine to say."""
    if not is_installed():
        return ()
    languages = {tag.partition("-")[0] for voice in listed_voices() for tag in voice.languages}
    return (ModelSpec(MODEL_ID, NAME, Capability.SPEECH, tuple(sorted(languages))),)


def voices(_spec: ModelSpec) -> Sequence[Voice]:
    """Two for each country; the service is not asked."""
    return listed_voices()


def footprint(_spec: ModelSpec, _placement: Placement) -> Footprint:
    """The model's own memory is elsewhere."""
    return Footprint({"cpu": FOOTPRINT_BYTES})


@contextmanager
def load(_spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    """There is nothing to load, and nothing is sent. Raises ModelLoadFailed."""
    if not is_installed():
        raise ModelLoadFailed(f"The package edge-tts is not installed: {REMEDY}")
    yield EdgeSynthesizer()


def diagnose() -> Sequence[Finding]:
    """Whether the package is there; the service is not called."""
    if not is_installed():
        return (Finding("edge-tts", ok=False, detail="the package is not installed", remedy=REMEDY),)
    return (Finding("edge-tts", ok=True, detail=f"sends texts to {HOST}; off unless egress.allow_cloud is on"),)


ENGINE: Final = Engine(
    name=NAME,
    licence="LGPL-3.0-only",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH,),
        word_times=True,
        speed=True,
        reads_figures=True,
        streams=True,
        # Each request is a connection, and the service hears how sentences belong together.
        context_characters=600,
        # Below every voice that is here: allowed is not wished for.
        preference=5,
        egress=HOST,
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
    find_voice=find_voice,
)
