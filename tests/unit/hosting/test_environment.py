"""Real installers, real environments, and wheels of a few bytes: nothing is fetched."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.wheels import write_wheel
from voxhelm.catalog.interpreters import Interpreter
from voxhelm.domain.engine import Environment
from voxhelm.domain.errors import DiskFull
from voxhelm.hosting import environment
from voxhelm.hosting.environment import EnvironmentFailed, Making, find_python, make_environment
from voxhelm.hosting.probe import Unanswered, probe
from voxhelm.testing.engine import ENGINE

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
HEAVY = Environment(("heavy-tts==1.0",), ("heavy_tts",), (THIS,), 1000)
ENGINE_WITH_ONE = replace(ENGINE, name="heavy", environment=HEAVY)
REPOSITORY = Path(__file__).resolve().parents[3]


def find_uv():
    bootstrapped = REPOSITORY / ".uv" / "bin" / "uv"
    return shutil.which("uv") or (str(bootstrapped) if bootstrapped.is_file() else None)


@pytest.fixture(params=[pytest.param("pip", marks=pytest.mark.slow), "uv"])
def installer(request, monkeypatch):
    """Which installs; without anybody's settings for it."""
    uv = find_uv() if request.param == "uv" else None
    if request.param == "uv" and uv is None:
        pytest.skip("there is no uv on this machine")
    monkeypatch.setattr(environment, "_uv", lambda: uv)
    for name in (
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "UV_INDEX",
        "UV_DEFAULT_INDEX",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    # Without one it does not say why it found nothing.
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return request.param


@pytest.fixture
def wheels(tmp_path):
    """All that the engine and a host need, as far as an installer sees it."""
    folder = tmp_path / "wheels"
    write_wheel(folder, "msgspec", "9.0")
    write_wheel(folder, "numpy", "9.0")
    write_wheel(folder, "heavy-tts")
    return folder


@pytest.fixture
def interpreter(tmp_path):
    return Interpreter(tmp_path / "interpreters" / "heavy" / "bin" / "python", managed=True)


def test_an_environment_has_what_the_engine_and_hosts_need(installer, wheels, interpreter):
    said = []
    assert not interpreter.is_there()
    make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=wheels), said.append)
    assert interpreter.is_there()
    assert interpreter.installed() == ("msgspec>=0.20", "numpy>=1.26", "heavy-tts==1.0")
    assert probe(interpreter.python, ["heavy_tts", "msgspec", "fastapi"]).missing == ("fastapi",)
    assert any("heavy" in line for line in said)


def test_what_was_broken_off_is_gone_on_with(installer, wheels, interpreter):
    heavy = (wheels / "heavy_tts-1.0-py3-none-any.whl").rename(wheels / "elsewhere")
    with pytest.raises(EnvironmentFailed, match="kept for the next try"):
        make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=wheels), lambda _line: None)
    assert interpreter.python.is_file()
    assert not interpreter.is_there()
    made = (interpreter.folder / "pyvenv.cfg").stat().st_ino
    heavy.rename(wheels / "heavy_tts-1.0-py3-none-any.whl")
    make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=wheels), lambda _line: None)
    assert interpreter.is_there()
    assert (interpreter.folder / "pyvenv.cfg").stat().st_ino == made


def test_a_network_that_is_not_there_is_called_that(installer, interpreter, monkeypatch):
    nobody = "http://127.0.0.1:9/simple"
    monkeypatch.setenv("PIP_INDEX_URL", nobody)
    monkeypatch.setenv("UV_DEFAULT_INDEX", nobody)
    with pytest.raises(EnvironmentFailed, match=r"index cannot be reached.*--wheels"):
        make_environment(ENGINE_WITH_ONE, interpreter, Making(), lambda _line: None)


def test_packages_that_bring_another_module_are_not_whole(installer, wheels, interpreter):
    (wheels / "heavy_tts-1.0-py3-none-any.whl").unlink()
    write_wheel(wheels, "heavy-tts", module="something_else")
    with pytest.raises(EnvironmentFailed, match="heavy_tts cannot be found"):
        make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=wheels), lambda _line: None)
    assert not interpreter.is_there()


def test_an_interpreter_of_the_operators_is_left_alone(tmp_path):
    theirs = Interpreter(tmp_path / "bin" / "python", managed=False)
    with pytest.raises(EnvironmentFailed, match="which is yours"):
        make_environment(ENGINE_WITH_ONE, theirs, Making(), lambda _line: None)


def test_an_engine_without_an_interpreter_of_its_own_needs_none(interpreter):
    with pytest.raises(EnvironmentFailed, match="needs no interpreter"):
        make_environment(ENGINE, interpreter, Making(), lambda _line: None)


def test_a_folder_of_packages_must_be_there(interpreter, tmp_path):
    with pytest.raises(EnvironmentFailed, match="no folder"):
        make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=tmp_path / "nowhere"), lambda _line: None)


def test_two_do_not_make_the_same_at_once(interpreter, wheels):
    with environment._only_one(interpreter.folder), pytest.raises(EnvironmentFailed, match="by another process"):
        make_environment(ENGINE_WITH_ONE, interpreter, Making(wheels=wheels), lambda _line: None)


def test_room_is_looked_at_first(interpreter, wheels):
    large = replace(ENGINE_WITH_ONE, environment=replace(HEAVY, disk_bytes=10**18))
    with pytest.raises(DiskFull):
        make_environment(large, interpreter, Making(wheels=wheels), lambda _line: None)
    assert not interpreter.folder.exists()


def test_a_python_of_a_version_that_suits_is_found(monkeypatch):
    assert probe(Path(find_python(HEAVY, None))).version == THIS
    assert find_python(HEAVY, Path(sys.executable)) == sys.executable


def test_a_python_that_does_not_suit_is_refused():
    with pytest.raises(EnvironmentFailed, match=f"is Python {THIS}, and what is wanted is 2.4 or 2.5"):
        find_python(replace(HEAVY, pythons=("2.4", "2.5")), Path(sys.executable))
    with pytest.raises(EnvironmentFailed, match="cannot be started"):
        find_python(HEAVY, Path("/nowhere/python"))


def test_without_a_python_that_suits_it_is_uvs_to_find_one(monkeypatch):
    old = replace(HEAVY, pythons=("2.4",))
    monkeypatch.setattr(environment, "_uv", lambda: "/somewhere/uv")
    assert find_python(old, None) == "2.4"
    monkeypatch.setattr(environment, "_uv", lambda: None)
    with pytest.raises(EnvironmentFailed, match=r"needs Python 2.4; this one is .* --python"):
        find_python(old, None)


@pytest.mark.parametrize("program", ["#!/bin/sh\necho hello\n", "#!/bin/sh\nexit 3\n", "no program at all"])
def test_what_is_no_python_does_not_answer(tmp_path, program):
    file = tmp_path / "python"
    file.write_text(program)
    file.chmod(0o755)
    with pytest.raises(Unanswered):
        probe(file)
