"""Where the interpreters are of engines that have one of their own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from voxhelm.domain.engine import Engine, Finding

STAMP: Final = "voxhelm-environment.json"
# What hosts import beside the standard library, and so what every interpreter must have.
HOST_REQUIREMENTS: Final = ("msgspec>=0.20", "numpy>=1.26")
HOST_MODULES: Final = ("msgspec", "numpy")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python of an engine.

    managed: whether it is where `voxhelm engines install` makes it, and so is whole only when that has come to its end.
    """

    python: Path
    managed: bool

    @property
    def folder(self) -> Path:
        """The virtual environment it belongs to."""
        return self.python.parent.parent

    def is_there(self) -> bool:
        """Whether models can be loaded with it. Looks at the disk."""
        return self.python.is_file() and (not self.managed or self._stamp.is_file())

    def installed(self) -> tuple[str, ...]:
        """The requirements that it was made for; none when nobody says. Looks at the disk."""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ()
        requirements = stamp.get("requirements", ()) if isinstance(stamp, dict) else ()
        return tuple(str(one) for one in requirements)

    def unfinished(self) -> None:
        """Say that it is being changed, so that nobody uses it meanwhile."""
        self._stamp.unlink(missing_ok=True)

    def finished(self, requirements: Sequence[str]) -> None:
        """Say that it is whole."""
        self._stamp.write_text(json.dumps({"requirements": list(requirements)}, indent=2) + "\n", encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.folder / STAMP


class Interpreters:
    """The interpreter of each engine that needs one: the operator's, or the one that Voxhelm has made or would make."""

    def __init__(self, named: Mapping[str, Path] | None = None, directory: Path | None = None) -> None:
        """named: by engine, what the operator says. directory: of the others; None for the user's data directory."""
        self._named = named or {}
        self._directory = directory or user_data_path("voxhelm") / "interpreters"

    def of(self, engine: Engine) -> Interpreter | None:
        """The interpreter of an engine, there or not; None for one that runs in ours."""
        if engine.environment is None:
            return None
        named = self._named.get(engine.name)
        if named is not None:
            return Interpreter(named, managed=False)
        return Interpreter(self._directory / engine.name / "bin" / "python", managed=True)


def findings_of(engine: Engine, interpreter: Interpreter) -> Sequence[Finding]:
    """What `voxhelm doctor` says of an engine's interpreter. Looks at the disk, and starts nothing."""
    subject = f"{engine.name} interpreter"
    install = f"voxhelm engines install {engine.name}"
    if not interpreter.managed:
        if not interpreter.is_there():
            detail = f"there is no {interpreter.python}, which models.interpreters names"
            return (Finding(subject, ok=False, detail=detail, remedy=by_hand(engine, interpreter)),)
    elif not interpreter.is_there():
        begun = interpreter.folder.is_dir()
        detail = (
            "its installation was broken off, and can be gone on with"
            if begun
            else "it needs one of its own, which is not installed"
        )
        return (Finding(subject, ok=False, detail=detail, remedy=install),)
    elif set(requirements_of(engine)) != set(interpreter.installed()):
        return (Finding(subject, ok=False, detail=f"{interpreter.python} was made for another version", remedy=install),)
    return (Finding(subject, ok=True, detail=str(interpreter.python)),)


def by_hand(engine: Engine, interpreter: Interpreter) -> str:
    """The command that puts into an operator's own interpreter what the engine needs."""
    return f"uv pip install --python {interpreter.python} " + " ".join(f"'{one}'" for one in requirements_of(engine))


def requirements_of(engine: Engine) -> tuple[str, ...]:
    """What is installed in an engine's own interpreter, as pip writes it."""
    return (*HOST_REQUIREMENTS, *(engine.environment.requirements if engine.environment is not None else ()))


def modules_of(engine: Engine) -> tuple[str, ...]:
    """The top-level modules that an engine's own interpreter has when it is whole."""
    return (*HOST_MODULES, *(engine.environment.modules if engine.environment is not None else ()))
