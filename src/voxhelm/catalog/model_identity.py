"""What tells one state of a model from another: its files, and the version of its engine."""

import hashlib
from importlib.metadata import packages_distributions, version
from pathlib import Path

from voxhelm.domain.model import ModelSpec


class ModelIdentities:
    """Reads files, and those that have not changed only once. Blocking."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._known: dict[tuple[Path, int, int], str] = {}

    def of(self, spec: ModelSpec, reference: str) -> str:
        """Sixteen hexadecimal digits. reference: of its engine, as `package.module:NAME`."""
        told = hashlib.sha256(f"{spec.id} {spec.engine} {sorted(spec.settings.items())} {_version(reference)}".encode())
        if spec.path is not None:
            files = [spec.path] if spec.path.is_file() else sorted(one for one in spec.path.rglob("*") if one.is_file())
            for file in files:
                told.update(f"\0{file.relative_to(spec.path.parent)} {self._digest(file)}".encode())
        return told.hexdigest()[:16]

    def _digest(self, file: Path) -> str:
        state = file.stat()
        key = (file, state.st_size, state.st_mtime_ns)
        if key not in self._known:
            with file.open("rb") as content:
                self._known[key] = hashlib.file_digest(content, "sha256").hexdigest()
        return self._known[key]


def _version(reference: str) -> str:
    distributions = packages_distributions().get(reference.partition(".")[0], ())
    return " ".join(f"{name} {version(name)}" for name in sorted(set(distributions)))
