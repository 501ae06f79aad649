"""What the packages have brought."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REMEDY: Final = "uv pip install 'voxhelm[kokoro]'"


@dataclass(frozen=True, slots=True)
class Installation:
    """library: libespeak-ng. data: the folder `espeak-ng-data`. vocabulary: Kokoro's symbols, as kokoro-onnx ships them."""

    library: Path
    data: Path
    vocabulary: Path


def find_installation() -> Installation | None:
    """What is installed, None when something of it is missing. Loads no runtime."""
    loader, kokoro = _folder("espeakng_loader"), _folder("kokoro_onnx")
    if loader is None or kokoro is None or importlib.util.find_spec("onnxruntime") is None:
        return None
    data, vocabulary = loader / "espeak-ng-data", kokoro / "config.json"
    library = next(loader.glob("libespeak-ng.*"), None)
    if library is None or not (data / "phontab").is_file() or not vocabulary.is_file():
        return None
    return Installation(library, data, vocabulary)


def _folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None
