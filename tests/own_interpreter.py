"""A second interpreter, for engines that need one: real, made without a network, and with nothing in it but what it is given."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

STANDIN = Path(__file__).parent / "standin"
# What hosts import, and what the engines that the tests load there do: packages, and the folders of libraries that belong to them.
LENT = ("msgspec", "numpy", "numpy.libs", "sentencex")


def make_interpreter(folder: Path, lent: Iterable[str] = LENT, own: Iterable[Path] = ()) -> Path:
    """The Python of a new virtual environment.

    lent: packages of this interpreter that can be imported there, too. own: packages that can be imported there only.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", folder], check=True)
    packages = next(folder.glob("lib/python3*/site-packages"))
    here = Path(importlib.util.find_spec("msgspec").origin).parent.parent
    for package in [*(here / name for name in lent), *own]:
        if package.exists():
            (packages / package.name).symlink_to(package.resolve())
    return folder / "bin" / "python"


def make_chatterbox_interpreter(folder: Path) -> Path:
    """One with what stands in for Chatterbox and PyTorch."""
    return make_interpreter(folder, own=(STANDIN / "chatterbox", STANDIN / "torch"))
