"""Models from a hub to a voice, and from there to a machine that reaches no hub."""

import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.catalog import hub_server
from tests.unit.cli.program import environment, server, started
from voxhelm.testing.models.piper_voice import write_piper_voice

STEM = "bg_BG-test_voice-medium"
FOLDER = "bg/bg_BG/test_voice/medium"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[hub_server.FakeHub]:
    voice = write_piper_voice(home(tmp_path / "made"), STEM, language="bg_BG")
    with hub_server.hub_server() as one:
        one.files["rhasspy/piper-voices"] = {f"{FOLDER}/{path.name}": path.read_bytes() for path in voice.parent.iterdir()}
        yield one
        one.released.set()


def home(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def voxhelm(at: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "voxhelm", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=at,
        env=environment(at, **more),
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_a_voice_is_pulled_speaks_is_listed_and_goes(hub: hub_server.FakeHub, tmp_path: Path) -> None:
    here = home(tmp_path / "here")
    at_hub = {"VOXHELM_MODELS__HUB_URL": hub.url}
    pulled = voxhelm(here, "pull", f"piper:{STEM}", "--local", **at_hub)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert pulled.stdout.startswith(f"{STEM} installed (piper, ")
    said = voxhelm(here, "say", "--local", "--voice", STEM, "Добър ден.", "-o", "a.wav")
    assert said.returncode == 0, said.stderr
    with wave.open(str(here / "a.wav")) as wav:
        assert wav.getnframes() > 0.2 * wav.getframerate()
    assert STEM in voxhelm(here, "models", "--local").stdout
    again = voxhelm(here, "pull", STEM, "--local", **at_hub)
    assert again.stdout.startswith(f"{STEM} is installed already")
    assert voxhelm(here, "rm", STEM, "--local").stdout == f"{STEM} removed\n"
    assert STEM not in voxhelm(here, "models", "--local").stdout
    assert voxhelm(here, "rm", STEM, "--local").returncode != 0


def test_a_pull_that_is_killed_goes_on_where_it_was(hub: hub_server.FakeHub, tmp_path: Path) -> None:
    here = home(tmp_path / "here")
    hub.files["rhasspy/piper-voices"][f"{FOLDER}/{STEM}.onnx"] += b"\0" * 3_000_000
    stall = hub_server.stalls_after(1_500_000)
    # Whichever file comes first: it is the large one that stalls.
    hub.faults.extend([lambda handler, data: stall(handler, data) if len(data) > 1_500_000 else handler.send_bytes(data)] * 2)
    with started(here, "pull", STEM, "--local", VOXHELM_MODELS__HUB_URL=hub.url) as process:
        assert hub.stalled.wait(60)
        while not any(path.stat().st_size > 1_000_000 for path in here.rglob("*") if path.is_file()):
            assert process.poll() is None
            time.sleep(0.02)  # a file tells nobody that it has grown
        process.kill()
        process.wait(30)
    hub.faults.clear()
    assert STEM not in voxhelm(here, "models", "--local").stdout
    done = voxhelm(here, "pull", STEM, "--local", VOXHELM_MODELS__HUB_URL=hub.url)
    assert done.returncode == 0, done.stderr
    assert any(one.headers.get("range", "bytes=0-") != "bytes=0-" for one in hub.fetches(f"{STEM}.onnx"))
    assert voxhelm(here, "models", "--verify").returncode == 0


def test_a_server_that_runs_knows_what_was_pulled_beside_it(hub: hub_server.FakeHub, tmp_path: Path) -> None:
    here = home(tmp_path / "here")
    with server(here, VOXHELM_MODELS__HUB_URL=hub.url) as (_, url):
        pulled = voxhelm(here, "pull", STEM, "--server", url)
        assert pulled.returncode == 0, pulled.stderr
        said = voxhelm(here, "say", "--server", url, "--voice", STEM, "Добър ден.", "-o", "a.mp3")
        assert said.returncode == 0, said.stderr
        assert (here / "a.mp3").stat().st_size > 1_000


@pytest.mark.slow
def test_a_signed_archive_installs_where_no_hub_is_and_a_changed_one_does_not(hub: hub_server.FakeHub, tmp_path: Path) -> None:
    here, there = home(tmp_path / "here"), home(tmp_path / "there")
    key = tmp_path / "model-key"
    private = Ed25519PrivateKey.generate()
    key.write_bytes(
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    )
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    assert voxhelm(here, "pull", STEM, "--local", VOXHELM_MODELS__HUB_URL=hub.url).returncode == 0
    exported = voxhelm(here, "models", "export", STEM, "-o", tmp_path / "voice.tar", "--sign", key)
    assert exported.returncode == 0, exported.stderr
    settings = f"models:\n  offline: true\n  trusted_keys:\n    - {public} operator@home\n"
    (there / "voxhelm.yaml").write_text(settings)
    assert "offline" in voxhelm(there, "pull", STEM, "--local").stderr
    hub.seen.clear()
    installed = voxhelm(there, "pull", STEM, "--from", tmp_path / "voice.tar", "--local", VOXHELM_MODELS__HUB_URL=hub.url)
    assert installed.returncode == 0, installed.stderr
    assert voxhelm(there, "say", "--local", "--voice", STEM, "Добър ден.", "-o", "a.wav").returncode == 0
    assert hub.seen == []

    shutil.unpack_archive(tmp_path / "voice.tar", tmp_path / "changed")
    (changed,) = (tmp_path / "changed").rglob(f"{STEM}.onnx")
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    elsewhere = home(tmp_path / "elsewhere")
    (elsewhere / "voxhelm.yaml").write_text(settings)
    refused = voxhelm(elsewhere, "pull", STEM, "--from", changed.parent, "--local")
    assert refused.returncode != 0
    assert f"{STEM}.onnx" in refused.stderr
    assert STEM not in voxhelm(elsewhere, "models", "--local").stdout
