"""Environments for clients that cannot share ours: made once from a list of what is in them, and found again by that list's hash.

They lie beside our own packages, in `<sys.prefix>/clients`, so `make clean` removes them.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = Path(sys.prefix) / "clients"
# What uv and npm say when nobody answers them, and do not say of a package that does not exist.
UNREACHABLE = re.compile(
    r"dns error|client error \(Connect\)|tcp connect error|Connection refused|operation timed out|Network is unreachable"
    r"|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH|EHOSTUNREACH",
    re.IGNORECASE,
)
INSTALL_LIMIT_SECONDS = 540
# A first run installs; a pytest of its own waits for that of another.
FIRST_RUN_SECONDS = 600
RUN_LIMIT_SECONDS = 120
OLDEST_NODE = 20


def python_of(name: str) -> Path:
    """The interpreter that has what `<name>/requirements.txt` lists. Skips when the package registry cannot be reached."""
    listed = HERE / name / "requirements.txt"

    def install(folder: Path) -> None:
        uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
        if not Path(uv).exists():
            pytest.fail("uv is not here: `make test` sets it up")
        _install([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _install([uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), "--requirement", str(listed)])

    kind = f"{sys.implementation.cache_tag}-{os.uname().machine}"
    return _made(name, listed.read_bytes() + kind.encode(), install) / "bin" / "python"


def node_modules() -> Path:
    """A folder with what `node/package.json` lists. Skips when the package registry cannot be reached."""
    listed = HERE / "node" / "package.json"

    def install(folder: Path) -> None:
        folder.mkdir(parents=True)
        shutil.copy(listed, folder)
        quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _install([_program("npm"), "install", *quiet], cwd=folder)

    return _made("node", listed.read_bytes(), install) / "node_modules"


def node() -> str:
    """The program that runs JavaScript; skips where there is none, or an old one, or no npm to install what runs."""
    _program("npm")
    program = _program("node")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"OpenAI's client wants Node {OLDEST_NODE} or newer; here is {version}")
    return program


def answers(command: Sequence[str | Path], **environment: str) -> dict[str, Any]:
    """What a client's script found out, which it prints as one line of JSON, the last one."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("VOXHELM_", "OPENAI_"))} | environment
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=RUN_LIMIT_SECONDS, env=variables, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"the client ended with {done.returncode}:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (Debian: apt install nodejs npm)")
    return path


def _made(name: str, content: bytes, install: Callable[[Path], None]) -> Path:
    """The folder of an environment; whoever comes first makes it, and those that other lists made are removed."""
    CACHE.mkdir(exist_ok=True)
    folder = CACHE / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    with _locked(CACHE / f"{name}.lock"):
        complete = folder / "complete"
        if not complete.exists():
            for old in CACHE.glob(f"{name}-*"):
                shutil.rmtree(old)
            install(folder)
            complete.touch()
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Several pytest processes share the environments."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(command: Sequence[str], cwd: Path | None = None) -> None:
    defaults = {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    done = subprocess.run(
        command, cwd=cwd, env=defaults | os.environ, capture_output=True, text=True, timeout=INSTALL_LIMIT_SECONDS, check=False
    )
    if done.returncode == 0:
        return
    if UNREACHABLE.search(done.stderr):
        pytest.skip(f"the package registry cannot be reached: {done.stderr[-500:]}")
    pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
