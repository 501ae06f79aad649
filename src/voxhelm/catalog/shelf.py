"""The models directory: each model in a folder of its own, there whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxhelm.catalog.disk import FolderLock, settle_folder
from voxhelm.catalog.manifest import MANIFEST, SIGNATURE, Manifest, read_manifest
from voxhelm.domain.errors import PackageInvalid

# What is on its way in or out is on the same disk, and deeper than engines look for models.
WORKSHOP: Final = ".voxhelm"
_DEEP: Final = Path(WORKSHOP, "models", "in", "the", "works")


@dataclass(frozen=True, slots=True)
class Shelved:
    """A model that was installed here, with what its manifest says."""

    folder: Path
    manifest: Manifest


class Shelf:
    """`<models>/<engine>/<id>/`. Blocking; whoever changes a folder holds its lock."""

    def __init__(self, directory: Path) -> None:
        """directory: the models directory; made when something is put there."""
        self.directory = directory

    def folder(self, engine: str, model_id: str) -> Path:
        """Where a model is, or would be."""
        return self.directory / engine / model_id

    def staging(self, engine: str, model_id: str) -> Path:
        """Where a model is put together, on the same disk."""
        return self.directory / _DEEP / engine / f"{model_id}.partial"

    def lock(self, engine: str, model_id: str) -> FolderLock:
        """What keeps two writers off one model, in this process and in others."""
        return FolderLock(self.directory / _DEEP / engine / f"{model_id}.lock")

    def folders(self) -> Iterator[Path]:
        """Every folder with a manifest, readable or not, by engine and name."""
        for path in sorted(self.directory.glob(f"*/*/{MANIFEST}")):
            if WORKSHOP not in path.relative_to(self.directory).parts:
                yield path.parent

    def shelved(self) -> Iterator[Shelved]:
        """Every model whose manifest can be read."""
        for folder in self.folders():
            with suppress(PackageInvalid):
                manifest = read_manifest(folder)
                if manifest is not None:
                    yield Shelved(folder, manifest)

    def find(self, model_id: str) -> Shelved | None:
        """The model of this name, None when none was installed under it."""
        return next((one for one in self.shelved() if one.manifest.model_id == model_id), None)

    def put(self, engine: str, model_id: str, manifest: bytes, signature: bytes | None = None) -> Path:
        """Give what is in the staging folder its place, in one step. What was there before is removed.

        manifest: as it is to be written; files that it does not name do not go along. signature: of the manifest.
        """
        staging, folder = self.staging(engine, model_id), self.folder(engine, model_id)
        named = {file.name for file in Manifest.from_bytes(manifest).files}
        for stray in staging.iterdir():
            if stray.name not in named:
                stray.unlink()
        _write(staging / MANIFEST, manifest)
        if signature is not None:
            _write(staging / SIGNATURE, signature)
        settle_folder(staging)
        folder.parent.mkdir(parents=True, exist_ok=True)
        old = self._clear_away(engine, model_id)
        staging.rename(folder)
        settle_folder(folder.parent)
        shutil.rmtree(old, ignore_errors=True)
        return folder

    def remove(self, engine: str, model_id: str) -> None:
        """Take a model away: gone in one step, its bytes a moment later. What is still on its way goes, too."""
        old = self._clear_away(engine, model_id)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self.staging(engine, model_id), ignore_errors=True)

    def _clear_away(self, engine: str, model_id: str) -> Path:
        """Move the model's folder, if there is one, to where nobody looks for models."""
        folder, old = self.folder(engine, model_id), self.directory / _DEEP / engine / f"{model_id}.old"
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            old.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(old)
            settle_folder(folder.parent)
        return old


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
