"""Where the machine keeps libflite and the libraries of its voices."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIBRARY: Final = "libflite.so.1"
SYSTEM_FOLDERS: Final = ("/usr/local/lib", "/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/lib")
# Where the kind of machine code is told in an ELF file: 32 or 64 bits, and the processor.
ELF_CLASS: Final = slice(4, 5)
ELF_MACHINE: Final = slice(18, 20)


@dataclass(frozen=True, slots=True)
class Recording:
    """A voice that Flite may come with. name: for people. rate_hz: of its sound."""

    name: str
    gender: str
    rate_hz: int


# The best first. `kal` is the smallest, `rms` and `slt` the clearest.
RECORDINGS: Final[Mapping[str, Recording]] = {
    "slt": Recording("SLT (United States)", "female", 16_000),
    "rms": Recording("RMS (United States)", "male", 16_000),
    "awb": Recording("AWB (Scotland)", "male", 16_000),
    "kal16": Recording("Kal (United States)", "male", 16_000),
    "kal": Recording("Kal (United States), telephone quality", "male", 8_000),
}


@dataclass(frozen=True, slots=True)
class Installation:
    """library: libflite. voices: the library of each voice that is there, by the voice's id, the best first."""

    library: Path
    voices: Mapping[str, Path]


def find_installation() -> Installation | None:
    """What the machine has, None without libflite or without any of its voices. Reads files only."""
    extra = os.environ.get("LD_LIBRARY_PATH", "")
    return find_in([*(Path(folder) for folder in extra.split(":") if folder), *_system_folders()])


def find_in(folders: Iterable[Path]) -> Installation | None:
    """The first of `folders` that has libflite for this processor, and a voice."""
    processor = _machine_code(Path("/proc/self/exe"))
    for folder in folders:
        library = folder / LIBRARY
        if not library.is_file() or _machine_code(library) != processor:
            continue
        paths = {voice: folder / f"libflite_cmu_us_{voice}.so.1" for voice in RECORDINGS}
        voices = {voice: path for voice, path in paths.items() if path.is_file()}
        if voices:
            return Installation(library, voices)
    return None


def _system_folders() -> Iterator[Path]:
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))


def _machine_code(path: Path) -> bytes:
    with path.open("rb") as file:
        header = file.read(20)
    return header[ELF_CLASS] + header[ELF_MACHINE]
