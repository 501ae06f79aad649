"""Finding engines: ours and strangers' come through the same door."""

import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from voxhelm.catalog.interpreters import Interpreter, Interpreters, findings_of
from voxhelm.domain.engine import Engine, Finding

GROUP: Final = "voxhelm.engines"


@dataclass(frozen=True, slots=True)
class FoundEngine:
    """An engine and where it was found, as `package.module:NAME`, which is how another process finds it again.

    interpreter: the one its models are loaded with, there or not; None for ours.
    """

    engine: Engine
    reference: str
    interpreter: Interpreter | None = None

    def is_ready(self) -> bool:
        """Whether its models can be loaded, as far as its interpreter goes. Looks at the disk."""
        return self.interpreter is None or self.interpreter.is_there()

    def diagnose(self) -> Sequence[Finding]:
        """What `voxhelm doctor` says of it. Looks at the disk."""
        own = findings_of(self.engine, self.interpreter) if self.interpreter is not None else ()
        return (*own, *self.engine.diagnose())


@dataclass(frozen=True, slots=True)
class FoundEngines:
    """All engines by name, and what could not be imported, by the name of its entry point, with the reason."""

    working: Mapping[str, FoundEngine]
    broken: Mapping[str, str]


def find_engines(extra_references: Iterable[str] = (), interpreters: Mapping[str, Path] | None = None) -> FoundEngines:
    """Import every registration of the entry-point group `voxhelm.engines`, and `extra_references`. No model runtime is imported by this.

    interpreters: by engine, the operator's own for those that need one.
    One broken plugin does not take the others with it.
    """
    references = {entry.name: entry.value for entry in entry_points(group=GROUP)}
    references |= {reference: reference for reference in extra_references}
    own = Interpreters(interpreters)
    working: dict[str, FoundEngine] = {}
    broken: dict[str, str] = {}
    for name, reference in references.items():
        try:
            engine = pkgutil.resolve_name(reference)
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything; it is reported by `voxhelm doctor`
            broken[name] = f"{type(error).__name__}: {error}"
            continue
        if isinstance(engine, Engine):
            working[engine.name] = FoundEngine(engine, reference, own.of(engine))
        else:
            broken[name] = f"{reference} is a {type(engine).__name__}, not a voxhelm.domain.engine.Engine"
    return FoundEngines(working, broken)


def remedy_for(engines: Mapping[str, FoundEngine], name: str) -> str:
    """What to do when models of an engine are not found although their files are there. Looks at the disk."""
    found = engines.get(name)
    if found is None:
        return f"No engine '{name}' is installed."
    wrong = next((finding for finding in found.diagnose() if not finding.ok), None)
    if wrong is None:
        return f"The engine '{name}' does not take these files for a model."
    return f"{wrong.subject}: {wrong.detail}." + (f" Get it with: {wrong.remedy}" if wrong.remedy is not None else "")
