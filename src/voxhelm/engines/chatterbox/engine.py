"""The registration of Chatterbox."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Environment, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import CPU, Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.chatterbox.folder import Found, find_models, models_in
from voxhelm.engines.chatterbox.load_options import LIBRARY, VARIANT, LoadOptions
from voxhelm.engines.chatterbox.recordings import KINDS, named_by_its_file, recordings_in
from voxhelm.engines.chatterbox.scripts import READ

NAME: Final = "chatterbox"
# PyTorch with what Chatterbox imports, and forty seconds in one go: measured on a processor, with a model of the English one's full size.
RUNTIME_BYTES: Final = 1_000_000_000
WORKING_BYTES: Final = 1_500_000_000
# On a card beside the weights: CUDA's context, its libraries, the longest sentence. A guess until the first measurement.
CARD_BYTES: Final = 1_500_000_000


def discover(models: Path) -> Sequence[ModelSpec]:
    """Every folder with the files of a model and at least one voice to speak with."""
    library = models / NAME
    found: dict[str, ModelSpec] = {}
    for one in find_models(models):
        settings = {VARIANT: one.variant.name, LIBRARY: str(library)}
        spec = ModelSpec(one.id, NAME, Capability.SPEECH, one.variant.languages, one.folder, settings)
        if one.id not in found and voices(spec):
            found[one.id] = spec
    return tuple(found.values())


def voices(spec: ModelSpec) -> Sequence[Voice]:
    """The one that came with the model, called like it, and one for each recording; all of them speak all of its languages."""
    found = _found(spec)
    recordings = recordings_in(_recording_folders(spec))
    named = {spec.id.lower(): spec.id} if found.has_voice else {}
    named |= {key: recording.name for key, recording in recordings.items()}
    return [Voice(name, name.replace("_", " "), found.variant.languages) for name in named.values()]


def footprint(spec: ModelSpec, placement: Placement) -> Footprint:
    """The weights, once, PyTorch, and what the longest sentence needs to work."""
    held_bytes = _found(spec).held_bytes
    if placement.on_card:
        return Footprint({CPU: RUNTIME_BYTES, placement.device: held_bytes + CARD_BYTES})
    return Footprint({CPU: held_bytes + RUNTIME_BYTES + WORKING_BYTES})


@contextmanager
def load(spec: ModelSpec, placement: Placement) -> Iterator[Synthesizer]:
    """Load the model; in the interpreter that has Chatterbox's packages. Raises ModelLoadFailed, DeviceUnusable, OutOfMemory."""
    from voxhelm.engines.chatterbox.model import ChatterboxSynthesizer
    from voxhelm.engines.chatterbox.runtime import open_runtime

    found = _found(spec)
    options = LoadOptions.read(spec.settings)
    with open_runtime(found.variant, found.folder, placement, options) as runtime:
        yield ChatterboxSynthesizer(spec.id, found.variant, runtime, _recording_folders(spec), options)


def diagnose() -> Sequence[Finding]:
    """Nothing of it is in this interpreter; what is said of the other one is not the engine's to say."""
    return (Finding(NAME, ok=True, detail="reads its models here, and loads them in an interpreter of its own"),)


def _recording_folders(spec: ModelSpec) -> tuple[Path, ...]:
    """Those of the operator, those beside the model's own files, then beside all models; predefined voices before those to be cloned."""
    named = [Path(spec.settings[kind]).expanduser() for kind in KINDS if kind in spec.settings]
    homes = [home for home in (spec.path, Path(spec.settings[LIBRARY]) if LIBRARY in spec.settings else None) if home is not None]
    return (*named, *(home / kind for home in homes for kind in KINDS))


def _found(spec: ModelSpec) -> Found:
    """Raises ModelLoadFailed when the model's files are no longer what they were."""
    wanted = spec.settings.get(VARIANT)
    there = models_in(spec.path) if spec.path is not None else ()
    found = next((one for one in there if wanted in (None, one.variant.name)), None)
    if found is None:
        raise ModelLoadFailed(f"The files of the model '{spec.id}' are gone from {spec.path}.")
    return found


ENGINE: Final = Engine(
    name=NAME,
    licence="MIT",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH,),
        scripts=READ,
        clones=True,
        # A short sentence alone comes out odd; beyond about this much its tone drifts.
        context_characters=250,
        devices=("cpu", "cuda"),
        # Better than Piper and, without a card, several times slower than speech: whoever wants it names it.
        preference=45,
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
    find_voice=named_by_its_file,
    environment=Environment(
        # Its watermark needs a module that later versions of setuptools have not.
        requirements=("chatterbox-tts==0.1.7", "setuptools<81", "sentencex>=1.0.30"),
        modules=("chatterbox", "torch", "perth", "pkg_resources", "sentencex"),
        pythons=("3.11", "3.12", "3.13"),
        disk_bytes=7_000_000_000,
    ),
)
