"""A container of another server as its manifest describes it, with Voxhelm's image in its place."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.conftest import LISTENING


@dataclass(frozen=True)
class Manifest:
    """What a deployment says.

    environment: the container's. port: the container's, which its Service and its probes name. readiness: what is probed, a path for HTTP,
    None for TCP.
    """

    environment: Mapping[str, str]
    port: int
    readiness: str | None = None


@dataclass
class Container:
    """A manifest on this machine. root: what stands for the working directory, /app, with what is mounted there."""

    root: Path
    manifest: Manifest
    variables: Mapping[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of whoever runs the tests but what Python needs."""
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {**kept, "HOME": str(home), **self.manifest.environment, **self.variables, **more}

    def settings(self) -> dict:
        """What the server would do, from the same place and environment."""
        ran = self.run("config")
        assert ran.returncode == 0, ran.stderr
        return yaml.safe_load(ran.stdout)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "voxhelm", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.environment(), capture_output=True, text=True, timeout=60, check=False
        )

    @contextmanager
    def started(self, *arguments: str, **more: str) -> Iterator["Server"]:
        """`voxhelm serve`, as the image's command is, on a free port of this machine."""
        port = free_port()
        log = self.root.parent / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "voxhelm", "serve", "--host", "127.0.0.1", "--port", str(port), *arguments],
                cwd=self.root,
                env=self.environment(**more),
                stdout=output,
                stderr=output,
            )
        server = Server(process, port, log)
        try:
            yield server
        finally:
            process.terminate()
            process.wait(30)


@dataclass(frozen=True)
class Server:
    """A server that has been started and may not listen yet."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def accepts(self) -> bool:
        """A TCP probe."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
        except ConnectionRefusedError:
            return False
        return True

    def wait_until_it_listens(self) -> "Server":
        while not self.accepts():
            assert self.process.poll() is None, self.log.read_text()
        while LISTENING.search(self.log.read_text()) is None:
            assert self.process.poll() is None, self.log.read_text()
        return self

    def lines(self, event: str) -> list[str]:
        """The lines of the log about an event."""
        return [line for line in self.log.read_text().splitlines() if event in line]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
