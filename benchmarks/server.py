"""Starting a Voxhelm server to measure it, and ending it."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.wire import Connection, Endpoint, ReplyBroken, Request

START_LIMIT_SECONDS = 60.0
STOP_LIMIT_SECONDS = 15.0
POLL_SECONDS = 0.005


class StartFailed(Exception):
    """The server ended, or was not ready in time; carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is ready. `ready_seconds` counts from its exec."""

    endpoint: Endpoint
    pid: int
    ready_seconds: float


def command(port: int, arguments: Sequence[str]) -> list[str]:
    """How a server is started: the command that is installed beside this interpreter."""
    program = Path(sys.executable).with_name("voxhelm")
    return [str(program), "serve", "--host", "127.0.0.1", "--port", str(port), *arguments]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def started(arguments: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Start `voxhelm serve` with `arguments` on a free port and wait until it is ready; end it on leaving.

    settings: values by `section.key`, given to it in its environment.

    Raises StartFailed.
    """
    port = free_port()
    # What was made before would be measured as if it had been made.
    variables = {"VOXHELM_CACHE__LIMIT_BYTES": "0"}
    variables |= {"VOXHELM_" + name.replace(".", "__").upper(): value for name, value in (settings or {}).items()}
    began = time.perf_counter()
    async with program(command(port, arguments), lambda: answers(Endpoint("127.0.0.1", port), "/health/ready"), variables) as pid:
        yield Running(Endpoint("127.0.0.1", port, "/v1"), pid, time.perf_counter() - began)


@asynccontextmanager
async def program(
    words: Sequence[str], ready: Callable[[], Awaitable[bool]], variables: Mapping[str, str] | None = None
) -> AsyncIterator[int]:
    """Start a server of any kind, wait until it is `ready` and give its process id; end it on leaving.

    variables: added to the environment.

    Raises StartFailed.
    """
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | dict(variables or {})
        )
        try:
            try:
                async with asyncio.timeout(START_LIMIT_SECONDS):
                    await _until(ready, process)
            except TimeoutError as error:
                raise StartFailed(f"not ready after {START_LIMIT_SECONDS:.0f} s\n{_end_of(log.fileno())}") from error
            except StartFailed as error:
                raise StartFailed(f"{error}\n{_end_of(log.fileno())}") from error
            yield process.pid
        finally:
            await _end(process)


async def answers(endpoint: Endpoint, path: str) -> bool:
    """Whether a GET of `path` is answered with 200."""
    connection = Connection(endpoint)
    try:
        reply = await connection.ask(Request(path, method="GET"), limit_seconds=START_LIMIT_SECONDS)
    except (OSError, ReplyBroken):
        return False  # it does not listen yet
    finally:
        connection.abort()
    return reply.status == 200


async def listens(port: int) -> bool:
    """Whether somebody on this machine takes connections on `port`."""
    with socket.socket() as probe:
        probe.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(probe, ("127.0.0.1", port))
        except OSError:
            return False
        return True


async def _until(ready: Callable[[], Awaitable[bool]], process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        if await ready():
            return
        await asyncio.sleep(POLL_SECONDS)
    raise StartFailed(f"the server ended with status {process.returncode}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_LIMIT_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _end_of(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, 4000, max(0, size - 4000)).decode("utf-8", errors="replace")
