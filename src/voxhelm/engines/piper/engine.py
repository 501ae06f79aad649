"""The registration of Piper."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.piper.installation import REMEDY, installed_version
from voxhelm.engines.piper.load_options import LoadOptions
from voxhelm.engines.piper.model import PiperSynthesizer
from voxhelm.engines.piper.network import open_network
from voxhelm.engines.piper.phonemizer import Phonemizer
from voxhelm.engines.piper.voice_file import find_voice_files, languages_of, read_voice_file

NAME: Final = "piper"
# Resident memory after the longest run with a voice of medium quality (63 MB), measured on x86-64: 530 MB, 70 of them without a voice.
RUNTIME_BYTES: Final = 70_000_000
WORKING_BYTES: Final = 400_000_000
# With a card, guessed until the first measurement: CUDA's libraries in the host, its context and the longest run on the card.
CUDA_HOST_BYTES: Final = 600_000_000
CARD_BYTES: Final = 800_000_000


def discover(models: Path) -> Sequence[ModelSpec]:
    """Every voice file, called by its name; of two of one name the one that lies less deep. Nothing where the runtime is missing."""
    if installed_version() is None:
        return ()
    found: dict[str, ModelSpec] = {}
    for path in find_voice_files(models):
        languages = languages_of(path)[-1:]
        found.setdefault(path.stem, ModelSpec(path.stem, NAME, Capability.SPEECH, languages, path))
    return tuple(found.values())


def voices(spec: ModelSpec) -> Sequence[Voice]:
    """The file itself, which is its first speaker or the one that its description prefers; then, of several, each by name."""
    path = _path(spec)
    languages = languages_of(path) or spec.languages
    itself = Voice(spec.id, _title(spec.id), languages)
    try:
        speakers = read_voice_file(path).speakers
    except ModelLoadFailed:
        return (itself,)
    named = {name.lower(): name for name in speakers if name.lower() != spec.id.lower()}
    return (itself, *(Voice(name, f"{_title(spec.id)}, {name}", languages) for name in named.values()))


def footprint(spec: ModelSpec, placement: Placement) -> Footprint:
    """The file in memory, the runtime, and what the longest run needs to work."""
    path = _path(spec)
    held_bytes = path.stat().st_size if path.exists() else 0
    if placement.on_card:
        # The file is read into the host's memory on its way.
        return Footprint({"cpu": held_bytes + CUDA_HOST_BYTES, placement.device: held_bytes + CARD_BYTES})
    return Footprint({"cpu": held_bytes + RUNTIME_BYTES + WORKING_BYTES})


@contextmanager
def load(spec: ModelSpec, placement: Placement) -> Iterator[Synthesizer]:
    """Load a voice. Raises ModelLoadFailed, which says which file is at fault."""
    if installed_version() is None:
        raise ModelLoadFailed(f"Piper's runtime is not installed: {REMEDY}")
    voice = read_voice_file(_path(spec))
    options = LoadOptions.read(spec.settings)
    phonemizer = Phonemizer(voice)
    yield PiperSynthesizer(voice, open_network(voice.path, placement, options), phonemizer, options)


def diagnose() -> Sequence[Finding]:
    """Whether the runtime is there."""
    version = installed_version()
    if version is None:
        return (Finding("piper", ok=False, detail="its runtime, the package piper-tts, is not installed", remedy=REMEDY),)
    return (Finding("piper", ok=True, detail=f"piper-tts {version}; voices are looked for in models.directory"),)


def _path(spec: ModelSpec) -> Path:
    if spec.path is None:
        raise ModelLoadFailed(f"Model '{spec.id}' does not say where its file is.")
    return spec.path


def _title(name: str) -> str:
    """`bg_BG-dimitar-medium` for people: `Dimitar (medium)`."""
    words = name.split("-")
    if len(words) < 3:
        return name
    return f"{' '.join(words[1:-1]).replace('_', ' ').capitalize()} ({words[-1].replace('_', ' ')})"


ENGINE: Final = Engine(
    name=NAME,
    licence="GPL-3.0-or-later",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH,), word_times=True, speed=True, ipa=True, devices=("cpu", "cuda"), preference=50
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
)
