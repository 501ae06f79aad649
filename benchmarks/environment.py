"""Environments of their own for the peers that are measured, with the versions of shared packages that Voxhelm runs on."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.plan import NotMeasurable

INSTALL_LIMIT_SECONDS = 300


def install(folder: Path, packages: Sequence[str], shared: Sequence[str]) -> Path:
    """Install `packages` into a new environment and return its Python. Raises NotMeasurable.

    shared: packages that get the version that is installed here, so that the peers run on the same.
    """
    uv = shutil.which("uv") or Path(__file__).parent.parent / ".uv" / "bin" / "uv"
    python = folder / "bin" / "python"
    pinned = [f"{package}=={version(package)}" for package in shared]
    commands = (
        [str(uv), "venv", "--quiet", "--python", sys.executable, str(folder)],
        [str(uv), "pip", "install", "--quiet", "--python", str(python), *packages, *pinned],
    )
    for words in commands:
        try:
            subprocess.run(words, check=True, capture_output=True, text=True, timeout=INSTALL_LIMIT_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotMeasurable(f"the peers cannot be installed: {getattr(error, 'stderr', None) or error}") from error
    return python


def version_in(python: Path, package: str) -> str:
    """The version of a package in the environment of `python`."""
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    return subprocess.run([str(python), "-c", code, package], check=True, capture_output=True, text=True).stdout.strip()
