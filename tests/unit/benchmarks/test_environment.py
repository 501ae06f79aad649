import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks.environment import install, version_in
from benchmarks.plan import NotMeasurable


def test_peers_that_cannot_be_installed_are_not_measured_and_it_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(words: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, words, stderr="no route to the index")

    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(NotMeasurable, match="cannot be installed: no route to the index"):
        install(tmp_path, ("a-peer",), ())


def test_peers_run_on_the_same_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: commands.append(words))
    python = install(tmp_path, ("a-peer",), ("numpy", "httpx"))
    assert commands[0][-1] == str(tmp_path)
    assert str(python) in commands[1]
    assert commands[1][-3:] == ["a-peer", f"numpy=={version('numpy')}", f"httpx=={version('httpx')}"]


def test_the_version_is_that_of_the_environment() -> None:
    assert version_in(Path(sys.executable), "numpy") == version("numpy")
