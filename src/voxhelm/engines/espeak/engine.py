"""The registration of eSpeak NG."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.espeak.installation import Installation, find_installation
from voxhelm.engines.espeak.model import EspeakSynthesizer
from voxhelm.engines.espeak.sounds import PhonemeTables
from voxhelm.engines.espeak.voicebox import open_voicebox
from voxhelm.engines.espeak.voices import VoiceFiles

NAME: Final = "espeak"
MODEL_ID: Final = "espeak-ng"
# Growth of resident memory by loading and speaking once in each of the 138 languages, measured on x86-64: 12.4 MB.
FOOTPRINT_BYTES: Final = 13_000_000


def discover(_models: Path) -> Sequence[ModelSpec]:
    """The one model, which comes with the wheel."""
    installation = find_installation()
    if installation is None:
        return ()
    languages = {tag.partition("-")[0] for language in VoiceFiles(installation.data).languages for tag in language.languages}
    return (ModelSpec(MODEL_ID, NAME, Capability.SPEECH, tuple(sorted(languages))),)


def voices(_spec: ModelSpec) -> Sequence[Voice]:
    """Languages first, then each with every variant: about 14,500, which hold 3 MB and take 60 ms to read and make."""
    installation = find_installation()
    return tuple(VoiceFiles(installation.data).voices()) if installation else ()


def footprint(_spec: ModelSpec, _placement: Placement) -> Footprint:
    """Small: the data is mapped or read by language, as needed."""
    return Footprint({"cpu": FOOTPRINT_BYTES})


@contextmanager
def load(_spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    """Load the library. Raises ModelLoadFailed."""
    installation = _require_installation()
    with open_voicebox(installation) as voicebox:
        yield EspeakSynthesizer(voicebox, VoiceFiles(installation.data), PhonemeTables(installation.data))


def diagnose() -> Sequence[Finding]:
    """Whether the wheel is there and whole."""
    installation = find_installation()
    if installation is None:
        detail = "the package espeakng-loader is missing or incomplete"
        return (Finding("espeak-ng", ok=False, detail=detail, remedy="pip install --force-reinstall espeakng-loader"),)
    files = VoiceFiles(installation.data)
    return (Finding("espeak-ng", ok=True, detail=f"{len(files.languages)} languages, {len(files.variants)} variants of each"),)


def _require_installation() -> Installation:
    installation = find_installation()
    if installation is None:
        raise ModelLoadFailed("eSpeak NG is not installed: the package espeakng-loader is missing or incomplete.")
    return installation


ENGINE: Final = Engine(
    name=NAME,
    licence="GPL-3.0-or-later",
    capabilities=Capabilities(kinds=(Capability.SPEECH,), word_times=True, speed=True, ipa=True, streams=True, preference=10),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
)
