"""libopus itself, as PyAV has loaded it."""

import ctypes
from pathlib import Path

import av

_MAPS = Path("/proc/self/maps")


def loaded_libopus() -> ctypes.CDLL | None:
    """The library that PyAV decodes Opus with; None where it cannot be found, such as inside of a static build.

    FFmpeg's interface to it has no way to ask for the copy of a lost packet that the next one carries, nor for another rate than 48 kHz.
    """
    if "libopus" not in av.codecs_available or not _MAPS.exists():
        return None
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        path = Path(line.partition("/")[1] + line.partition("/")[2])
        if path.name.startswith("libopus") and ".so" in path.name:
            try:
                library = ctypes.CDLL(str(path))
            except OSError:
                return None
            return _declared(library)
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.opus_decoder_create.argtypes = (ctypes.c_int32, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
    library.opus_decoder_create.restype = ctypes.c_void_p
    library.opus_decoder_destroy.argtypes = (ctypes.c_void_p,)
    library.opus_decoder_destroy.restype = None
    library.opus_decode.argtypes = (
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_int,
    )
    library.opus_decode.restype = ctypes.c_int
    return library
