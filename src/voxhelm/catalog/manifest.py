"""What a model's folder holds and where it is from: a file of JSON in that folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voxhelm.catalog.hub_file import Digest
from voxhelm.catalog.names import MODEL_ID
from voxhelm.catalog.part import digest_of
from voxhelm.domain.errors import PackageInvalid

MANIFEST: Final = "voxhelm-model.json"
SIGNATURE: Final = "voxhelm-model.json.sig"
FORMAT: Final = 1
LONGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a model. name: inside the model's folder; files lie side by side there."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """model_id, engine: also the names of the folders. origin: where the files are from, for people. installed_at: ISO 8601, UTC."""

    model_id: str
    engine: str
    files: tuple[FileRecord, ...]
    origin: Mapping[str, str]
    installed_at: str

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)

    def to_bytes(self) -> bytes:
        """As the file has it."""
        content = {
            "format": FORMAT,
            "model": self.model_id,
            "engine": self.engine,
            "origin": dict(self.origin),
            "installed_at": self.installed_at,
            "files": [{"name": file.name, "size_bytes": file.size_bytes, "sha256": file.sha256} for file in self.files],
        }
        return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()

    @staticmethod
    def from_bytes(data: bytes) -> "Manifest":
        """The manifest in `data`, with every name in it fit to be one of a file. Raises PackageInvalid."""
        try:
            content: dict[str, Any] = json.loads(data)
            if content["format"] != FORMAT:
                raise PackageInvalid(
                    f"{MANIFEST} has format {content['format']}, and this Voxhelm knows {FORMAT}: install a newer one."
                )
            files = tuple(
                FileRecord(str(one["name"]), int(one["size_bytes"]), str(one["sha256"]).lower()) for one in content["files"]
            )
            origin = {str(key): str(value) for key, value in content["origin"].items()}
            manifest = Manifest(str(content["model"]), str(content["engine"]), files, origin, str(content["installed_at"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PackageInvalid(f"{MANIFEST} cannot be read: {type(error).__name__}: {error}.") from error
        manifest.require_sound()
        return manifest

    def require_sound(self) -> None:
        """Raise PackageInvalid when a name leads out of its folder, or is there twice."""
        names = [file.name for file in self.files]
        for name in (self.model_id, self.engine):
            if not MODEL_ID.fullmatch(name):
                raise PackageInvalid(f"{MANIFEST}: '{name}' is no name of a model or an engine.")
        for file in self.files:
            plain = "/" not in file.name and "\\" not in file.name and "\0" not in file.name and not file.name.startswith(".")
            if not plain or not file.name or file.name in (MANIFEST, SIGNATURE) or file.size_bytes < 0:
                raise PackageInvalid(f"{MANIFEST}: '{file.name}' is no name of a file of a model.")
        if not names or len(set(names)) != len(names):
            raise PackageInvalid(f"{MANIFEST} names no file, or one twice.")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder, None when it has none. Raises PackageInvalid."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            return Manifest.from_bytes(file.read(LONGEST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return None


def record_of(path: Path) -> FileRecord:
    """What there is to say of a file. Reads all of it."""
    return FileRecord(path.name, path.stat().st_size, digest_of(path, Digest.SHA256))


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether every file is there in its size: quick, and enough to know that nothing was broken off."""
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file() or path.stat().st_size != file.size_bytes:
            return False
    return True


def faults_of(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """What is wrong with the files of a folder, in words; empty when nothing is. Reads all of them."""
    faults = []
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file():
            faults.append(f"{file.name} is missing")
        elif path.stat().st_size != file.size_bytes:
            faults.append(f"{file.name} has {path.stat().st_size} bytes and should have {file.size_bytes}")
        elif digest_of(path, Digest.SHA256) != file.sha256:
            faults.append(f"{file.name} has changed")
    return tuple(faults)
