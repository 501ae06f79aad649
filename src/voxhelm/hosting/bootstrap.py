"""Turns an engine's own interpreter into a host. A program, run as a file by that interpreter and never imported by the server.

Started as `python -I bootstrap.py FD NAME=FILE...`: each NAME is a package or module that is lent to the interpreter, FILE its source. It
becomes importable with all that is below it, and nothing beside it does: no folder of the server's is searched, whose other packages
are those that this engine cannot live with. Only the standard library is there when this begins.
"""

import importlib.util
import socket
import struct
import sys
from pathlib import Path
from typing import Final

OLDEST_PYTHON: Final = (3, 11)
LONGEST_TOLD_BYTES: Final = 4_000


def main() -> None:
    """Import what is lent, and be a host until the server closes the socket."""
    descriptor = int(sys.argv[1])
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise ImportError(f"it is Python {sys.version.split()[0]}, and hosts need 3.11 or newer")
        for lent in sys.argv[2:]:
            name, _, file = lent.partition("=")
            lend(name, Path(file))
        from voxhelm.hosting.child import main as serve
    except Exception as error:
        tell(descriptor, f"The interpreter {sys.executable} cannot hold a model: {error}. `voxhelm doctor` says what it lacks.")
        raise
    serve(descriptor)


def lend(name: str, file: Path) -> None:
    """Make the top-level package (whose `__init__.py` is `file`) or module `name` importable here."""
    folders = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no source of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def tell(descriptor: int, message: str) -> None:
    """Send the server the `Fault` that `hosting.wire` would write, which may be what is missing here."""
    kind, text = b"ModelLoadFailed", message.encode()[:LONGEST_TOLD_BYTES].decode(errors="ignore").encode()
    body = b"\x95" + _short(b"fault") + b"\x00" + _short(kind) + b"\xda" + struct.pack(">H", len(text)) + text + b"\xc0"
    with socket.socket(fileno=descriptor) as connection:
        connection.sendall(struct.pack("<I", len(body)) + body)


def _short(text: bytes) -> bytes:
    return bytes([0xA0 | len(text)]) + text


if __name__ == "__main__":
    main()
