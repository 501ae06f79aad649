"""Taking an installed model to machines that reach no hub."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from voxhelm.catalog.manifest import MANIFEST, SIGNATURE, faults_of
from voxhelm.catalog.names import model_id_of
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.package import pack
from voxhelm.catalog.shelf import Shelf, Shelved
from voxhelm.catalog.signature import sign
from voxhelm.domain.errors import ModelNotFound, PackageInvalid


@dataclass(frozen=True, slots=True)
class Export:
    """A model that is ready to be written. signature: of its manifest, None without one."""

    shelved: Shelved
    signature: bytes | None

    @property
    def size_bytes(self) -> int:
        """Of its files."""
        return self.shelved.manifest.size_bytes

    @property
    def signed(self) -> bool:
        """Whether it installs without --allow-unsigned, where its key is trusted."""
        return self.signature is not None

    def write(self, target: BinaryIO) -> Iterator[int]:
        """Write the archive, yielding how many bytes of files are in it. Raises OSError."""
        return pack(self.shelved, self.signature, target)


def export_model(shelf: Shelf, name: str, key: Path | None) -> Export:
    """The model that was pulled as `name`, checked: what has been damaged here shall not be signed. Reads all of its files.

    key: to sign with; without one a signature that it came with goes along.
    Raises ModelNotFound, PackageInvalid, ConfigurationInvalid, OSError.
    """
    shelved = shelf.find(name) or shelf.find(model_id_of(name) or "")
    if shelved is None:
        near = did_you_mean(name, [one.manifest.model_id for one in shelf.shelved()])
        raise ModelNotFound(f"No model '{name}' was installed by pulling.{near}", param="model")
    faults = faults_of(shelved.folder, shelved.manifest)
    if faults:
        raise PackageInvalid(
            f"'{shelved.manifest.model_id}' is damaged: {'; '.join(faults)}. `voxhelm pull {shelved.manifest.model_id}` mends it."
        )
    there = shelved.folder / SIGNATURE
    if key is not None:
        return Export(shelved, sign((shelved.folder / MANIFEST).read_bytes(), key))
    return Export(shelved, there.read_bytes() if there.is_file() else None)
