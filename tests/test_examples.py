"""Every program in examples/ runs, and does what it says."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
DATA = ROOT / "tests" / "data"
TESTED = {"README.md", "say.py", "hear.py", "curl.sh", "tone_engine"}


def run(*command: str | Path, directory: Path, **environment: str) -> str:
    """What a program prints; it must end well."""
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def seconds_of(recording: Path) -> float:
    with av.open(str(recording)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


@pytest.fixture
def clip() -> Path:
    """A recording, with what is said in it beside it."""
    return sorted(DATA.glob("flite-*-slt.wav"))[0]


def test_every_example_is_run_here():
    assert {path.name for path in EXAMPLES.iterdir() if not path.name.startswith(("_", "."))} == TESTED


def test_say_writes_speech(server_url, tmp_path):
    run(sys.executable, EXAMPLES / "say.py", "Good morning.", "morning.mp3", f"{server_url}/v1", directory=tmp_path)
    assert 0.3 < seconds_of(tmp_path / "morning.mp3") < 5


def test_hear_prints_the_text_and_then_each_word_with_its_time(server_url, clip, tmp_path):
    printed = run(sys.executable, EXAMPLES / "hear.py", clip, f"{server_url}/v1", directory=tmp_path)
    text, _, table = printed.strip().partition("\n\n")
    lines = [line.split() for line in table.splitlines()]
    assert " ".join(word for _, _, word in lines) == text
    said = clip.with_suffix(".txt").read_text(encoding="utf-8").lower()
    assert len([word for word in text.split() if word in said]) > len(said.split()) / 2
    times = [float(number) for start, end, _ in lines for number in (start, end)]
    assert times == sorted(times)
    assert times[-1] <= seconds_of(clip) + 0.05


def test_curl_says_hears_and_shows_an_error(server_url, tmp_path):
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("needs bash and curl: apt install curl")
    ready, *subtitles, error = run(bash, EXAMPLES / "curl.sh", server_url, directory=tmp_path).strip().splitlines()
    assert json.loads(ready) == {"status": "ready"}
    assert subtitles[0] == "1"
    assert " --> " in subtitles[1]
    assert json.loads(error)["error"]["code"] == "voice_not_found"


@pytest.fixture(scope="session")
def tone_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example's package is installed, for PYTHONPATH; built as anybody would build it."""
    folder = tmp_path_factory.mktemp("tone")
    sources = folder / "sources"
    shutil.copytree(EXAMPLES / "tone_engine", sources, ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, directory=sources)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def voxhelm(*arguments: str, directory: Path, **environment: str) -> str:
    return run(sys.executable, "-m", "voxhelm", *arguments, directory=directory, **environment)


@pytest.mark.slow
def test_the_engine_is_found_by_its_entry_point_and_speaks(tone_package, tmp_path):
    path = {"PYTHONPATH": str(tone_package)}
    models = json.loads(voxhelm("models", "--local", "--json", directory=tmp_path, **path))
    assert [model["engine"] for model in models if model["id"] == "tone"] == ["tone"]
    voxhelm("say", "--local", "--voice", "tone/high", "How do you do?", "-o", "tones.wav", directory=tmp_path, **path)
    assert seconds_of(tmp_path / "tones.wav") == pytest.approx(10 * 0.07 + 4 * 0.05, abs=0.01)


def test_the_engine_is_found_by_a_setting_while_it_is_written(tmp_path):
    path = {"PYTHONPATH": str(EXAMPLES / "tone_engine"), "VOXHELM_MODELS__EXTRA_ENGINES": '["tone_engine:ENGINE"]'}
    voxhelm("say", "--local", "--model", "tone", "How do you do?", "-o", "tones.wav", directory=tmp_path, **path)
    assert seconds_of(tmp_path / "tones.wav") > 0.5


@pytest.mark.slow
def test_the_engine_is_not_what_others_get(tone_package, tmp_path):
    path = {"PYTHONPATH": str(tone_package)}
    listed = json.loads(voxhelm("models", "--local", "--json", directory=tmp_path, **path))
    speaking = [model["id"] for model in listed if model["capability"] == "speech" and model["state"] is not None]
    assert speaking[-1] == "tone"


@pytest.mark.slow
def test_the_engine_passes_the_suite_that_ours_pass(tone_package):
    contracts = ROOT / "tests" / "contracts"
    if not contracts.is_dir():
        pytest.skip("needs tests/contracts, of a clone")
    arguments = ("-q", "-p", "no:cacheprovider", "-k", "tone", "--no-header")
    printed = run(sys.executable, "-m", "pytest", contracts, *arguments, directory=ROOT, PYTHONPATH=str(tone_package))
    assert " passed" in printed
    assert " skipped" not in printed
