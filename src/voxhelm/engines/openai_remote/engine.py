"""The registration of servers with OpenAI's speech API."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import EGRESS_HOST, Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.openai_remote.remote import FOLDER, Remote, find_files, read_remote
from voxhelm.kit.clock import SystemClock

NAME: Final = "openai_remote"
# Growth of resident memory by the first request, measured on x86-64: 13 MB. Decoding files and stretching bring FFmpeg along, some 15 more.
FOOTPRINT_BYTES: Final = 30_000_000


def discover(models: Path) -> Sequence[ModelSpec]:
    """One for each file of the folder `openai_remote`, named as the file. Raises ConfigurationInvalid for a file that cannot be used."""
    return [_spec(path, read_remote(path)) for path in find_files(models)]


def voices(spec: ModelSpec) -> Sequence[Voice]:
    """Those that the file names; the server is not asked."""
    return read_remote(_path(spec)).listed_voices()


def footprint(_spec: ModelSpec, _placement: Placement) -> Footprint:
    """The model's own memory is on the other machine."""
    return Footprint({"cpu": FOOTPRINT_BYTES})


@contextmanager
def load(spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    """Read the file and the key; the server is called when there is something to say. Raises ConfigurationInvalid, ModelLoadFailed."""
    from voxhelm.engines.openai_remote.client import open_client
    from voxhelm.engines.openai_remote.health import Health
    from voxhelm.engines.openai_remote.model import RemoteSynthesizer

    remote = read_remote(_path(spec))
    with open_client(remote) as client:
        yield RemoteSynthesizer(remote, client, Health(remote.host, SystemClock()))


def diagnose() -> Sequence[Finding]:
    """It needs nothing but files."""
    return (Finding("openai_remote", ok=True, detail=f"each file {FOLDER}/NAME.yaml in the models directory is a server"),)


def _spec(path: Path, remote: Remote) -> ModelSpec:
    languages = {tag.partition("-")[0] for voice in remote.listed_voices() for tag in voice.languages}
    settings = {} if remote.is_local else {EGRESS_HOST: remote.host}
    return ModelSpec(path.stem, NAME, Capability.SPEECH, tuple(sorted(languages)), path, settings)


def _path(spec: ModelSpec) -> Path:
    if spec.path is None:
        raise ModelLoadFailed(f"Model '{spec.id}' does not say where its file is.")
    return spec.path


ENGINE: Final = Engine(
    name=NAME,
    licence="Apache-2.0",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH,),
        speed=True,
        instructions=True,
        reads_figures=True,
        streams=True,
        # Every request has its price in time, and a model behind one hears how sentences belong together.
        context_characters=600,
        preference=40,
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
)
