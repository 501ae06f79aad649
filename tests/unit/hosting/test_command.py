"""A host in another interpreter: it has what it is lent, and nothing else of ours."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.own_interpreter import LENT, make_interpreter
from voxhelm.domain.errors import ModelLoadFailed, VoiceNotFound
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.hosting import bootstrap
from voxhelm.hosting.command import host_command, source_of
from voxhelm.hosting.process import ProcessHost
from voxhelm.testing.engine import FAKE_ENGINE

SPEC = ModelSpec("fake-speech", "fake", Capability.SPEECH, ("en",))


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory):
    return make_interpreter(tmp_path_factory.mktemp("own"), [name for name in LENT if name != "sentencex"])


async def load(interpreter: Path, engine: str = FAKE_ENGINE) -> ProcessHost:
    return await ProcessHost.load(engine, SPEC, Placement(), interpreter)


async def test_a_model_speaks_in_an_interpreter_that_has_only_what_hosts_need(interpreter):
    host = await load(interpreter)
    try:
        assert psutil.Process(host.process_id).cmdline()[0] == str(interpreter)
        sound = [speech.pcm async for speech in host.synthesize("x" * 100, SynthesizeOptions("tone"))]
        assert sum(pcm.duration_seconds for pcm in sound) == pytest.approx(6.0)
        with pytest.raises(VoiceNotFound):
            await anext(host.synthesize("x", SynthesizeOptions("nobody")))
    finally:
        await host.stop()


def test_nothing_beside_what_is_lent_can_be_imported(interpreter, tmp_path):
    """What the server has must not leak: the other interpreter has these packages in other versions, or must not have them."""
    asked = ("voxhelm.hosting.child", "fastapi", "pydantic", "av", "typer", "soxr", "process", "wire")
    program = f"""
import importlib.util, json, pathlib, runpy
runpy.run_path({bootstrap.__file__!r})["lend"]("voxhelm", pathlib.Path({str(source_of("voxhelm"))!r}))
import voxhelm.hosting.child
print(json.dumps([name for name in {asked!r} if importlib.util.find_spec(name) is not None]))
"""
    poisoned = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ran = subprocess.run([interpreter, "-I", "-c", program], env=poisoned, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == ["voxhelm.hosting.child"]
    assert all(importlib.util.find_spec(name) is not None for name in asked[:6])


async def test_an_engine_of_a_package_of_its_own_is_lent_as_well(interpreter, tmp_path, monkeypatch):
    (tmp_path / "lone_engine.py").write_text("from voxhelm.testing.engine import ENGINE as FAKE\n\nENGINE = FAKE\n")
    monkeypatch.syspath_prepend(tmp_path)
    host = await load(interpreter, "lone_engine:ENGINE")
    await host.stop()


async def test_an_interpreter_without_what_hosts_need_says_what_it_lacks(tmp_path):
    with pytest.raises(ModelLoadFailed, match=r"No module named 'msgspec'.*voxhelm doctor"):
        await load(make_interpreter(tmp_path / "bare", ["numpy", "numpy.libs"]))


async def test_an_interpreter_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelLoadFailed, match=r"nowhere/bin/python.*No such file.*voxhelm doctor"):
        await load(tmp_path / "nowhere" / "bin" / "python")


def test_what_has_no_source_cannot_be_lent():
    with pytest.raises(ModelLoadFailed, match="'sys' is no file"):
        host_command(3, "sys:ENGINE", Path("python"))


def test_our_own_interpreter_is_the_usual_one():
    assert host_command(3, FAKE_ENGINE, None) == [sys.executable, "-m", "voxhelm.hosting.child", "3"]
