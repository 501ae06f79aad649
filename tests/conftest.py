"""What tests of every kind share: a real server, and clips to hear."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

# Tests are not about time, and a busy machine is slow now and then.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

DATA = Path(__file__).parent / "data"
LISTENING = re.compile(r"http://(?P<host>[\w.\-\[\]:]+):(?P<port>\d+)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """More than there are processors: a test that has a server waits for it half of the time."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Functions by their names: an address would be another one in each of the processes that share the tests."""
    name = getattr(val, "__qualname__", None)
    return name.replace("<locals>.", "").replace("<lambda>", "lambda") if isinstance(name, str) else None


@dataclass(frozen=True)
class Server:
    """A running `voxhelm serve`."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def running_server(directory: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """Start `voxhelm serve` on a free port in `directory` and stop it at the end. It keeps no narration unless it is told to."""
    log = directory / "server.log"
    command = [sys.executable, "-m", "voxhelm", "serve", "--port", "0", *arguments]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("VOXHELM_")} | {
        "VOXHELM_CACHE__LIMIT_BYTES": "0",
        # What one run has learnt of models and voices is nothing to the next.
        "XDG_STATE_HOME": str(directory / "state"),
        # And voices and models that come and go in one server are not another's.
        "XDG_DATA_HOME": str(directory / "data"),
    }
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=directory, env=inherited | environment, stdout=output, stderr=output, text=True)
        try:
            while (listening := LISTENING.search(log.read_text())) is None:
                if process.poll() is not None:
                    pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text()}")
                time.sleep(0.02)  # leaves the processor to the server; a file tells nobody that it has grown
            yield Server(f"http://127.0.0.1:{listening['port']}", process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                pytest.fail(f"the server did not stop:\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the built-in engines and the fake one, for every test that does no harm to it."""
    settings = {"VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE"]', "VOXHELM_MODELS__OFFLINE": "true"}
    with running_server(tmp_path_factory.mktemp("server"), **settings) as one:
        yield one


@pytest.fixture(scope="session")
def server_url(server: Server) -> str:
    """Where it listens."""
    return server.url
