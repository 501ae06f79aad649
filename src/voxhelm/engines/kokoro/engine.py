"""The registration of Kokoro."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.kokoro.espeak import open_espeak
from voxhelm.engines.kokoro.files import KokoroFiles, files_in, find_folders
from voxhelm.engines.kokoro.graph import open_graph, read_vocabulary
from voxhelm.engines.kokoro.installation import REMEDY, find_installation
from voxhelm.engines.kokoro.model import KokoroSynthesizer
from voxhelm.engines.kokoro.voices import Styles, describe, find_mix, voice_names

NAME: Final = "kokoro"
# ONNX Runtime and eSpeak NG, and the working memory of the longest piece; an estimate until the first measurement.
RUNTIME_BYTES: Final = 60_000_000
WORKING_BYTES: Final = 400_000_000
# With a card: CUDA's libraries in the host, its context and the longest piece on the card. Guessed.
CUDA_HOST_BYTES: Final = 600_000_000
CARD_BYTES: Final = 1_000_000_000


def discover(models: Path) -> Sequence[ModelSpec]:
    """Every folder with a network and its voices, named as the folder; nothing where the runtime is missing."""
    if find_installation() is None:
        return ()
    found: dict[str, ModelSpec] = {}
    for folder in find_folders(models):
        names = voice_names(_files(folder).voices)
        languages = sorted({describe(name).languages[0].partition("-")[0] for name in names})
        if languages and folder.name not in found:
            found[folder.name] = ModelSpec(folder.name, NAME, Capability.SPEECH, tuple(languages), folder)
    return tuple(found.values())


def voices(spec: ModelSpec) -> Sequence[Voice]:
    """Those in the model's archive; mixes of them are not listed."""
    return [describe(name) for name in voice_names(_files(_folder(spec)).voices)]


def footprint(spec: ModelSpec, placement: Placement) -> Footprint:
    """The files in memory, once, the runtime, and what the longest piece needs to work."""
    files = _files(_folder(spec))
    held_bytes = files.graph.stat().st_size + files.voices.stat().st_size
    if placement.on_card:
        return Footprint({"cpu": held_bytes + CUDA_HOST_BYTES, placement.device: files.graph.stat().st_size + CARD_BYTES})
    return Footprint({"cpu": held_bytes + RUNTIME_BYTES + WORKING_BYTES})


@contextmanager
def load(spec: ModelSpec, placement: Placement) -> Iterator[Synthesizer]:
    """Load the network, the voices and eSpeak NG. Raises ModelLoadFailed."""
    installation = find_installation()
    if installation is None:
        raise ModelLoadFailed(f"Kokoro's runtime is not installed: {REMEDY}")
    files = _files(_folder(spec))
    styles = Styles(files.voices)
    graph = open_graph(files.graph, placement, spec.settings)
    vocabulary = graph.vocabulary or _vocabulary(files.vocabulary) or _vocabulary(installation.vocabulary)
    if not vocabulary:
        raise ModelLoadFailed(f"The package kokoro-onnx has no vocabulary any more: {REMEDY}")
    with open_espeak(installation) as espeak:
        yield KokoroSynthesizer(graph, styles, espeak, vocabulary)


def diagnose() -> Sequence[Finding]:
    """Whether the runtime is there."""
    if find_installation() is None:
        return (Finding("kokoro", ok=False, detail="its runtime is not installed", remedy=REMEDY),)
    return (Finding("kokoro", ok=True, detail="the runtime is installed"),)


def _vocabulary(config: Path | None) -> dict[str, int] | None:
    return read_vocabulary(config.read_text(encoding="utf-8")) if config is not None else None


def _folder(spec: ModelSpec) -> Path:
    if spec.path is None:
        raise ModelLoadFailed(f"Model '{spec.id}' does not say where its files are.")
    return spec.path


def _files(folder: Path) -> KokoroFiles:
    files = files_in(folder)
    if files is None:
        raise ModelLoadFailed(f"The files of the model in {folder} are gone.")
    return files


ENGINE: Final = Engine(
    name=NAME,
    licence="Apache-2.0 AND MIT AND GPL-3.0-or-later",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH,),
        speed=True,
        ipa=True,
        scripts=("latin", "devanagari", "kana", "han"),
        devices=("cpu", "cuda"),
        preference=60,
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
    find_voice=find_mix,
)
