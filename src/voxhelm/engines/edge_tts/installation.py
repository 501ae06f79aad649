"""Whether the package is there, and where the service is."""

import importlib.util
from typing import Final

REMEDY: Final = "uv pip install 'voxhelm[edge]'"
HOST: Final = "speech.platform.bing.com"


def is_installed() -> bool:
    """Whether `edge-tts` can be imported. Imports nothing."""
    return importlib.util.find_spec("edge_tts") is not None
