"""The program as people and scripts start it."""

import os
import select
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FAKE_ENGINE = '["voxhelm.testing.engine:ENGINE"]'
RunVoxhelm = Callable[..., subprocess.CompletedProcess[bytes]]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nobody's settings, and no server found by chance."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("VOXHELM_")}
    own |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "VOXHELM_SERVER__PORT": "0", "VOXHELM_CACHE__LIMIT_BYTES": "0"}
    return own | {"VOXHELM_MODELS__EXTRA_ENGINES": FAKE_ENGINE, "NO_COLOR": "1", "COLUMNS": "100"} | more


@contextmanager
def started(home: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command that runs, with pipes; it has ended when the block has, whatever happened."""
    with subprocess.Popen(
        [sys.executable, "-m", "voxhelm", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=home,
        env=environment(home, **more),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def server(home: Path, *arguments: str, **more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server on a free port, and its URL; it listens."""
    with started(home, "serve", "--port", "0", "--log-level", "warning", *arguments, **more) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if not line:
            pytest.fail(f"the server did not start: {process.communicate()[1].decode()}")
        yield process, line.split()[3]


def end(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> tuple[bytes, bytes]:
    """Send a signal, wait for the end, and return the rest of what was written on stdout and stderr."""
    process.send_signal(number)
    return process.communicate(timeout=60)


def read_until(descriptor: int, wanted: bytes) -> bytes:
    """Read until `wanted` has come, or the end."""
    seen = b""
    while wanted not in seen:
        select.select([descriptor], [], [])
        data = os.read(descriptor, 1 << 16)
        if not data:
            break
        seen += data
    return seen


def recording(path: Path, seconds: float) -> Path:
    """A WAV file that is loud throughout."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes(b"\x10\x20" * round(seconds * 16_000))
    return path
