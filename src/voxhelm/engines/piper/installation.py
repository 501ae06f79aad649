"""Whether Piper's package is there."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Final

REMEDY: Final = "uv pip install 'voxhelm[piper]'"


def installed_version() -> str | None:
    """The version of piper-tts, None when it or ONNX Runtime is missing. Imports neither."""
    # Another package is called `piper` too, so what matters is whose it is.
    if find_spec("piper") is None or find_spec("onnxruntime") is None:
        return None
    try:
        return version("piper-tts")
    except PackageNotFoundError:
        return None
