"""Chatterbox models among the files of the models directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxhelm.engines.chatterbox.variants import BUILT_IN_VOICE, VARIANTS, Variant

DEEPEST: Final = 4
"""How far below the models directory a model may be: enough for a hub's own cache."""


@dataclass(frozen=True, slots=True)
class Found:
    """A model. id: the name clients use."""

    id: str
    variant: Variant
    folder: Path

    @property
    def held_bytes(self) -> int:
        """What its files take in memory."""
        return sum((self.folder / name).stat().st_size for name in self.variant.weights)

    @property
    def has_voice(self) -> bool:
        """Whether a voice came with it."""
        return (self.folder / BUILT_IN_VOICE).is_file()


def find_models(directory: Path) -> Iterator[Found]:
    """Every model below `directory`, in order of the folders' paths. What cannot be read is passed over."""
    level = [directory]
    for _ in range(DEEPEST):
        level = sorted(folder for parent in level for folder in _folders(parent))
        for folder in level:
            yield from models_in(folder)


def models_in(folder: Path) -> Iterator[Found]:
    """The models whose files are in `folder` itself. A copy of the hub's repository has the English one and the multilingual one."""
    variants = [variant for variant in VARIANTS if all((folder / name).is_file() for name in variant.files)]
    for position, variant in enumerate(variants):
        name = _name(folder)
        yield Found(name if position == 0 else f"{name}-{variant.name}", variant, folder)


def _name(folder: Path) -> str:
    """The folder's own, or in a hub's cache the repository's, where the folder's is a checksum."""
    return folder.parent.parent.name.rpartition("--")[2] if folder.parent.name == "snapshots" else folder.name


def _folders(parent: Path) -> list[Path]:
    try:
        return [path for path in parent.iterdir() if path.is_dir()]
    except OSError:
        return []
