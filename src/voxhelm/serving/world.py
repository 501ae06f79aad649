"""Everything besides a request that decides how a text sounds, as one word that changes when any of it does."""

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Final

from voxhelm.catalog.models import Catalog
from voxhelm.catalog.shelf import WORKSHOP
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.kit.clock import Clock

# Files that somebody replaces by hand are noticed after this.
LOOK_AGAIN_SECONDS: Final = 5.0


class World:
    """The models that speak, their files, and the settings. Blocking."""

    def __init__(
        self, catalog: Catalog, models_directory: Path, settings: Sequence[str], files: Sequence[Path], clock: Clock
    ) -> None:
        """settings: whatever of them bears on sound, in any words. files: what they name that does."""
        self._catalog = catalog
        self._models_directory = models_directory
        self._settings = tuple(settings)
        self._files = tuple(files)
        self._clock = clock
        self._versions: dict[str, str] = {}
        self._known: tuple[tuple[ModelSpec, ...], float, str] | None = None

    def known_fingerprint(self) -> str | None:
        """What `fingerprint` has found a moment ago, None when it has to be asked again. Does not block."""
        if self._known is None:
            return None
        models, looked_seconds, fingerprint = self._known
        fresh = self._clock.monotonic_seconds() - looked_seconds < LOOK_AGAIN_SECONDS
        return fingerprint if fresh and models == self._catalog.models else None

    def fingerprint(self) -> str:
        """The word. The same in every process that finds the same."""
        models, looked_seconds = self._catalog.models, self._clock.monotonic_seconds()
        speaking = [spec for spec in models if spec.capability is Capability.SPEECH]
        told = hashlib.sha256()
        for part in (*self._settings, version("voxhelm"), *map(self._of_model, speaking), *self._of_files(models)):
            told.update(part.encode("utf-8", "surrogateescape") + b"\0")
        self._known = (models, looked_seconds, told.hexdigest())
        return self._known[2]

    def _of_model(self, spec: ModelSpec) -> str:
        reference = self._catalog.reference_of(spec.id)
        return f"{spec!r} {reference} {self._version_of(reference.partition('.')[0])}"

    def _version_of(self, package: str) -> str:
        if package not in self._versions:
            distributions = packages_distributions().get(package, ())
            self._versions[package] = " ".join(f"{name} {version(name)}" for name in sorted(set(distributions)))
        return self._versions[package]

    def _of_files(self, models: Sequence[ModelSpec]) -> Iterator[str]:
        """Names, sizes and times: of the models directory without what only hears, and of what lies elsewhere."""
        hearing = {spec.path for spec in models if spec.path is not None and spec.capability is not Capability.SPEECH}
        places = {self._models_directory, *self._files}
        places |= {spec.path for spec in models if spec.path is not None and spec.capability is Capability.SPEECH}
        seen = {path for place in places for path in (place.rglob("*") if place.is_dir() else (place,))}
        for path in sorted(seen):
            if WORKSHOP in path.parts or not hearing.isdisjoint((path, *path.parents)):
                continue
            try:
                state = path.stat()
            except OSError:
                continue  # gone in this moment, or a link that leads nowhere: not there
            if path.is_file():
                yield f"{path} {state.st_size} {state.st_mtime_ns}"
