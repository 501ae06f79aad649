"""Finding engines: ours and strangers' come through the same door."""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

from voxhelm.domain.engine import Engine

GROUP: Final = "voxhelm.engines"


@dataclass(frozen=True, slots=True)
class FoundEngine:
    """An engine and where it was found, as `package.module:NAME`, which is how another process finds it again."""

    engine: Engine
    reference: str


@dataclass(frozen=True, slots=True)
class FoundEngines:
    """All engines by name, and what could not be imported, by the name of its entry point, with the reason."""

    working: Mapping[str, FoundEngine]
    broken: Mapping[str, str]


def find_engines(extra_references: Iterable[str] = ()) -> FoundEngines:
    """Import every registration of the entry-point group `voxhelm.engines`, and `extra_references`. No model runtime is imported by this.

    One broken plugin does not take the others with it.
    """
    references = {entry.name: entry.value for entry in entry_points(group=GROUP)}
    references |= {reference: reference for reference in extra_references}
    working: dict[str, FoundEngine] = {}
    broken: dict[str, str] = {}
    for name, reference in references.items():
        try:
            engine = pkgutil.resolve_name(reference)
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything; it is reported by `voxhelm doctor`
            broken[name] = f"{type(error).__name__}: {error}"
            continue
        if isinstance(engine, Engine):
            working[engine.name] = FoundEngine(engine, reference)
        else:
            broken[name] = f"{reference} is a {type(engine).__name__}, not a voxhelm.domain.engine.Engine"
    return FoundEngines(working, broken)


def remedy_for(engines: Mapping[str, FoundEngine], name: str) -> str:
    """What to do when models of an engine are not found although their files are there. Looks at the disk."""
    found = engines.get(name)
    if found is None:
        return f"No engine '{name}' is installed."
    wrong = next((finding for finding in found.engine.diagnose() if not finding.ok), None)
    if wrong is None:
        return f"The engine '{name}' does not take these files for a model."
    return f"{wrong.subject}: {wrong.detail}." + (f" Get it with: {wrong.remedy}" if wrong.remedy is not None else "")
