"""Whether the runtime is there."""

import importlib.util
from typing import Final

REMEDY: Final = "uv pip install 'voxhelm[whisper]'"
_PACKAGES: Final = ("faster_whisper", "ctranslate2", "tokenizers", "onnxruntime")


def missing_packages() -> tuple[str, ...]:
    """The packages that hearing needs and that are not installed, looked for without importing them."""
    return tuple(name for name in _PACKAGES if importlib.util.find_spec(name) is None)
