"""The registration of Flite."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.flite.installation import RECORDINGS, find_installation
from voxhelm.engines.flite.library import load_library
from voxhelm.engines.flite.model import FliteSynthesizer

NAME: Final = "flite"
MODEL_ID: Final = "flite"
# Growth of resident memory by loading and speaking with each of the five voices on x86-64. Four fifths are pages of the voices' files.
FOOTPRINT_BYTES: Final = 100_000_000


def discover(_models: Path) -> Sequence[ModelSpec]:
    """The one model, when the machine has libflite and a voice."""
    return (ModelSpec(MODEL_ID, NAME, Capability.SPEECH, ("en",)),) if find_installation() else ()


def voices(_spec: ModelSpec) -> Sequence[Voice]:
    """The voices whose libraries are there, the best first."""
    installation = find_installation()
    present = installation.voices if installation else ()
    return tuple(Voice(voice, RECORDINGS[voice].name, ("en-us", "en"), RECORDINGS[voice].gender) for voice in present)


def footprint(_spec: ModelSpec, _placement: Placement) -> Footprint:
    """All voices are loaded at once."""
    return Footprint({"cpu": FOOTPRINT_BYTES})


@contextmanager
def load(_spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    """Load the libraries. Raises ModelLoadFailed."""
    installation = find_installation()
    if installation is None:
        raise ModelLoadFailed("Flite is not installed: apt install libflite1.")
    yield FliteSynthesizer(load_library(installation), installation)


def diagnose() -> Sequence[Finding]:
    """Whether the machine has it. It is an extra: without it, eSpeak NG speaks."""
    installation = find_installation()
    if installation is None:
        detail = "libflite.so.1 and a voice were not found (optional: clearer English voices)"
        return (Finding("flite", ok=False, detail=detail, remedy="apt install libflite1"),)
    return (Finding("flite", ok=True, detail=f"voices {', '.join(installation.voices)} in {installation.library.parent}"),)


ENGINE: Final = Engine(
    name=NAME,
    # Carnegie Mellon's own words, close to MIT with a note on changes.
    licence="LicenseRef-CMU-Flite",
    capabilities=Capabilities(kinds=(Capability.SPEECH,), word_times=True, speed=True, scripts=("latin",), preference=20),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
)
