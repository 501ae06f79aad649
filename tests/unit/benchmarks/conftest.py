import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.plan import Plan
from benchmarks.target import Dialect, Target
from benchmarks.wire import Endpoint

FAKE_SERVER = Path(__file__).with_name("fake_server.py")


@pytest.fixture(scope="module")
def fake_server() -> Iterator[tuple[int, int]]:
    """The port and the process id of a fake server."""
    with subprocess.Popen([sys.executable, str(FAKE_SERVER)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
        process.terminate()


@pytest.fixture
def target(fake_server: tuple[int, int]) -> Target:
    port, pid = fake_server
    return Target("fake", Endpoint("127.0.0.1", port, "/v1"), pid=pid)


@pytest.fixture
def piper(fake_server: tuple[int, int]) -> Target:
    port, pid = fake_server
    return Target("piper", Endpoint("127.0.0.1", port, "/synthesize"), Dialect.PIPER, pid=pid)


@pytest.fixture
def plan(target: Target) -> Plan:
    """The smallest plan that still takes turns."""
    return Plan(
        targets=(target,), start=False, formats=("wav", "mp3"), clients=(1, 3), rounds=2, requests=4, characters=60, count=6
    )
