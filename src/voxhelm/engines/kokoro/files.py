"""Kokoro models among the files of the models directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEEPEST: Final = 4
GRAPH_NAMES: Final = ("kokoro*.onnx", "model*.onnx")
VOICES_NAME: Final = "voices*.bin"


@dataclass(frozen=True, slots=True)
class KokoroFiles:
    """graph: the network. voices: an archive of one array per voice. vocabulary: symbols of its own, None for the usual ones."""

    graph: Path
    voices: Path
    vocabulary: Path | None


def files_in(folder: Path) -> KokoroFiles | None:
    """What `folder` itself holds, None when it is no Kokoro model.

    Of several networks, such as a quantised one beside the full one, the one with the shortest name is meant.
    """
    graphs = [path for pattern in GRAPH_NAMES for path in folder.glob(pattern)]
    voices = sorted(folder.glob(VOICES_NAME))
    if not graphs or not voices:
        return None
    config = folder / "config.json"
    return KokoroFiles(min(graphs, key=lambda path: (len(path.name), path.name)), voices[-1], config if config.is_file() else None)


def find_folders(models: Path) -> Iterator[Path]:
    """Every folder below `models` that holds a model, in order of their paths."""
    level = [models]
    for _ in range(DEEPEST):
        level = sorted(folder for parent in level if parent.is_dir() for folder in parent.iterdir() if folder.is_dir())
        yield from (folder for folder in level if files_in(folder) is not None)
