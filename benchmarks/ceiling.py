"""How fast the client is alone: the same clients against a server that only writes a prepared reply."""

import asyncio
import sys
from collections.abc import Sequence
from typing import cast

from benchmarks.load import Round, closed_loop
from benchmarks.wire import Endpoint, Request


class Canned(asyncio.Protocol):
    """Answers every head of a request with the same bytes; bodies are not read, our client sends short ones whole."""

    def __init__(self, reply: bytes) -> None:
        """reply: status line, headers and body."""
        self._reply = reply
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        if self._transport is not None and b"\r\n\r\n" in data:
            self._transport.write(self._reply)


async def serve(body_bytes: int) -> None:
    """Listen on a free port, print it, and answer with `body_bytes` until standard input ends."""
    loop = asyncio.get_running_loop()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: {body_bytes}\r\n\r\n".encode()
    reply = head + bytes(body_bytes)
    server = await loop.create_server(lambda: Canned(reply), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


async def measure(request: Request, body_bytes: int, clients: Sequence[int], count: int) -> dict[int, Round]:
    """The rounds of a client that gets `body_bytes` for each request at once, by the number of clients."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.ceiling",
        str(body_bytes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101 - narrows the type
    assert process.stdout is not None  # noqa: S101 - narrows the type
    try:
        endpoint = Endpoint("127.0.0.1", int(await process.stdout.readline()))
        return {number: await closed_loop(endpoint, [request] * count, number, 60.0) for number in clients}
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1])))
