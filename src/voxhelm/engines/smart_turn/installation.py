"""Where the model is: a file of the operator's, or one that another package has brought."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

REMEDY: Final = "uv pip install 'voxhelm[turn]'"
MODEL_REMEDY: Final = "put smart-turn-v3.2-cpu.onnx into models.directory, or: uv pip install --no-deps pipecat-ai"
PATTERN: Final = "smart-turn*.onnx"
DEEPEST_FOLDERS: Final = 4

_VERSION: Final = re.compile(r"v(\d+)(?:\.(\d+))?")
_IN_PIPECAT: Final = Path("audio", "turn", "smart_turn", "data")


def has_runtime() -> bool:
    """Whether ONNX Runtime is installed. Does not import it."""
    return find_spec("onnxruntime") is not None


def find_files(folder: Path) -> tuple[Path, ...]:
    """The networks below `folder`, the newest version first; of one version the quantised before the full, then the least deep."""
    found = [path for depth in range(DEEPEST_FOLDERS + 1) for path in folder.glob("/".join(["*"] * depth + [PATTERN]))]
    return tuple(sorted(found, key=lambda path: (_age(path), len(path.parts), path)))


def packaged_files() -> tuple[Path, ...]:
    """The networks in the package pipecat-ai, ordered likewise; none where it is not installed. Imports nothing of it."""
    package = find_spec("pipecat")
    places: Iterator[Path] = map(Path, (package.submodule_search_locations if package is not None else None) or ())
    return tuple(sorted((path for place in places for path in (place / _IN_PIPECAT).glob(PATTERN)), key=_age))


def _age(path: Path) -> tuple[int, int, bool]:
    version = _VERSION.search(path.stem)
    major, minor = (int(version[1]), int(version[2] or 0)) if version is not None else (0, 0)
    return -major, -minor, "gpu" in path.stem
