"""How a host is started: in our interpreter, or in the one that an engine has for itself."""

import importlib.util
import sys
from pathlib import Path
from typing import Final

from voxhelm.domain.errors import ModelLoadFailed

OURSELVES: Final = "voxhelm"
BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")


def host_command(descriptor: int, engine: str, interpreter: Path | None) -> list[str]:
    """The command line of a host.

    descriptor: its end of the socket. engine: where the registration is, as `package.module:NAME`. interpreter: None for ours.
    Raises ModelLoadFailed when the engine's package cannot be lent to another interpreter.
    """
    if interpreter is None:
        return [sys.executable, "-m", "voxhelm.hosting.child", str(descriptor)]
    engines_own = engine.partition(":")[0].partition(".")[0]
    lent = [f"{name}={source_of(name)}" for name in dict.fromkeys((OURSELVES, engines_own))]
    # Isolated: what PYTHONPATH and the user's own packages would add is for this interpreter, not for that one.
    return [str(interpreter), "-I", str(BOOTSTRAP), str(descriptor), *lent]


def source_of(name: str) -> Path:
    """The source of a top-level module, or the `__init__.py` of a package. Raises ModelLoadFailed."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise ModelLoadFailed(
            f"'{name}' is no file that another interpreter could read: an engine with an interpreter of its own must be a module, "
            "or a package with an __init__.py."
        )
    return Path(spec.origin)
