"""Recordings of people, each of which is a voice to speak with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxhelm.domain.voice import Voice

SUFFIXES: Final = (".wav", ".mp3", ".flac", ".ogg")
# Beside the models of the engine, and beside the files of one.
PREDEFINED: Final = "voices"
REFERENCES: Final = "reference_audio"
KINDS: Final = (PREDEFINED, REFERENCES)
"""Folders of recordings, and the settings that name others."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A voice's name, which is its file's without the suffix, and the file."""

    name: str
    file: Path


def recordings_in(folders: Sequence[Path]) -> Mapping[str, Recording]:
    """The recordings in `folders` by their names in lower case; of two with one name the one in the earlier folder counts."""
    found: dict[str, Recording] = {}
    for folder in folders:
        for file in _files(folder):
            found.setdefault(file.stem.lower(), Recording(file.stem, file))
    return found


def named_by_its_file(listed: Mapping[str, Voice], wanted: str) -> Voice | None:
    """The listed voice whose file `wanted` seems to name: clients of other servers write `Emily.wav`."""
    name = wanted.lower()
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    return listed.get(name.removesuffix(suffix)) if suffix is not None else None


def _files(folder: Path) -> Iterator[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return
    for file in files:
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file():
            yield file
