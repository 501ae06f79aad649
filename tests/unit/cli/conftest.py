import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm, end, environment, server


@pytest.fixture
def voxhelm(tmp_path: Path) -> RunVoxhelm:
    """Runs a command to its end in an empty folder; stdin is empty unless `input` is given."""

    def run(
        *arguments: str | Path, input: bytes | None = None, stdin: int | None = None, **more: str
    ) -> subprocess.CompletedProcess[bytes]:
        given = {"input": input or b""} if stdin is None else {"stdin": stdin}
        return subprocess.run(
            [sys.executable, "-m", "voxhelm", *map(str, arguments)],
            **given,
            capture_output=True,
            cwd=tmp_path,
            env=environment(tmp_path, **more),
            timeout=100,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server."""
    with server(tmp_path_factory.mktemp("server")) as (process, url):
        yield url
        end(process)
        assert process.returncode == 0
