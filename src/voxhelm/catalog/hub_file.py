"""A file of a model, as a hub lists it."""

from dataclasses import dataclass
from enum import StrEnum


class Digest(StrEnum):
    """How a checksum is made. A hub knows the SHA-256 of large files and git's own name of small ones."""

    SHA256 = "sha256"
    GIT_BLOB = "git-blob"


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's bytes must come to, in lower-case hexadecimal digits."""

    digest: Digest
    value: str


@dataclass(frozen=True, slots=True)
class HubFile:
    """path: inside the repository. name: inside the model's folder. checksum: None when the hub does not tell one."""

    path: str
    name: str
    size_bytes: int
    checksum: Checksum | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a folder of a repository at one moment. commit: what the revision meant then, so that all files are of one version."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]
