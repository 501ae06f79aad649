"""What every registration must be: data that costs nothing to look at."""

import json
import pkgutil
import subprocess
import sys

import pytest

from tests.contracts.conftest import REFERENCES, ways_of
from tests.contracts.ways import WAYS
from voxhelm.domain.engine import Diarizer, Engine, Synthesizer, Transcriber, TurnJudge, VoiceDetector
from voxhelm.domain.model import Capability, Placement

PROTOCOLS = {
    Capability.SPEECH: Synthesizer,
    Capability.TRANSCRIPTION: Transcriber,
    Capability.VOICE_ACTIVITY: VoiceDetector,
    Capability.DIARIZATION: Diarizer,
    Capability.TURN: TurnJudge,
}

# What must be neither imported nor mapped by looking at facts. Names of libraries as they appear in /proc/self/maps, or of modules.
RUNTIMES = ("libespeak", "libflite", "pocketsphinx", "pysilero", "onnxruntime", "torch", "ctranslate2", "xllamacpp")
LOOK_AT_FACTS = """
import json, os, pkgutil, sys, threading
from pathlib import Path
from voxhelm.domain.model import Placement
environment = dict(os.environ)
engine = pkgutil.resolve_name(sys.argv[1])
for spec in engine.discover(Path(sys.argv[2])):
    engine.voices(spec)
    engine.footprint(spec, Placement())
engine.diagnose()
maps = Path("/proc/self/maps").read_text()
natives = {line.split("/")[-1] for line in maps.splitlines() if ".so" in line}
print(json.dumps({
    "modules": sorted(sys.modules), "natives": sorted(natives),
    "threads": threading.active_count(), "environment_kept": environment == dict(os.environ),
}))
"""


@pytest.fixture(params=REFERENCES.values(), ids=REFERENCES)
def reference(request):
    return request.param


@pytest.fixture
def engine(reference):
    return pkgutil.resolve_name(reference)


def test_the_registration_is_an_engine_that_says_what_it_is(engine):
    assert isinstance(engine, Engine)
    assert engine.name
    assert engine.licence
    assert engine.capabilities.kinds
    assert engine.capabilities.devices
    hears = set(engine.capabilities.kinds) - {Capability.SPEECH}
    assert (engine.capabilities.input_rate_hz is not None) == bool(hears)


def test_names_are_unique():
    names = [pkgutil.resolve_name(reference).name for reference in REFERENCES.values()]
    assert len(set(names)) == len(names)


def test_models_belong_to_the_engine_and_to_its_capabilities(engine, models_directory):
    specs = engine.discover(models_directory)
    assert len({spec.id for spec in specs}) == len(specs)
    for spec in specs:
        assert spec.engine == engine.name
        assert spec.capability in engine.capabilities.kinds
        assert list(spec.languages) == [language.lower() for language in spec.languages]


def test_a_footprint_counts_bytes_where_the_model_is_placed(engine, models_directory):
    for spec in engine.discover(models_directory):
        for kind in engine.capabilities.devices:
            device = "cuda:1" if kind == "cuda" else kind
            by_device = engine.footprint(spec, Placement(device)).bytes_by_device
            assert by_device[device] > 0
            assert set(by_device) <= {device, "cpu"}


def test_voices_are_unique_and_have_a_language_their_model_has(engine, models_directory):
    for spec in engine.discover(models_directory):
        voices = engine.voices(spec)
        assert bool(voices) == (spec.capability is Capability.SPEECH)
        assert len({voice.id.lower() for voice in voices}) == len(voices)
        for voice in voices:
            assert voice.name
            assert {language.partition("-")[0] for language in voice.languages} & set(spec.languages)
            assert voice.gender in {"male", "female", None}


def test_a_diagnosis_that_is_not_well_says_what_to_do(engine):
    findings = engine.diagnose()
    assert findings
    for finding in findings:
        assert finding.subject
        assert finding.detail
        assert finding.ok or finding.remedy


def test_facts_load_no_runtime_start_no_thread_and_leave_the_environment_alone(reference, models_directory):
    command = [sys.executable, "-c", LOOK_AT_FACTS, reference, str(models_directory)]
    seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    foreign = [name for name in seen["modules"] if not name.startswith("voxhelm.")]
    assert not [name for name in (*foreign, *seen["natives"]) for runtime in RUNTIMES if name.startswith((runtime, "_" + runtime))]
    assert seen["threads"] == 1
    assert seen["environment_kept"]


@pytest.fixture
def loaded(engine, reference, models_directory, own_interpreter):
    """Loads the engine's first model each time it is called: in this process if it can be loaded there at all."""
    specs = engine.discover(models_directory)
    if not specs:
        pytest.skip(f"no model of '{engine.name}' on this machine: {[finding.remedy for finding in engine.diagnose()]}")
    return lambda: WAYS[ways_of(engine)[0]](reference, specs[0], own_interpreter(engine))


def test_a_model_can_be_loaded_again_after_it_was_unloaded(engine, loaded):
    for _ in range(2):
        with loaded() as model:
            assert isinstance(model, PROTOCOLS[engine.capabilities.kinds[0]])


def test_a_model_can_be_loaded_twice_and_one_outlives_the_other(engine, loaded):
    with loaded() as first:
        with loaded():
            pass
        assert isinstance(first, PROTOCOLS[engine.capabilities.kinds[0]])
