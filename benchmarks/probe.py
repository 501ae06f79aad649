"""Asks a server again and again how it is, from a process that does nothing else: a busy client would measure itself."""

import asyncio
import json
import sys
import time

import uvloop

from benchmarks.wire import Connection, Endpoint, ReplyBroken, Request

EVERY_SECONDS = 0.1
LIMIT_SECONDS = 30.0
HEALTH = Request("/health", method="GET")


async def probe(endpoint: Endpoint, seconds: float) -> list[float]:
    """The seconds that each answer took. Raises ReplyBroken for one that is not 200."""
    connection = Connection(endpoint)
    until = time.monotonic() + seconds
    taken: list[float] = []
    try:
        while time.monotonic() < until:
            reply = await connection.ask(HEALTH, limit_seconds=LIMIT_SECONDS)
            if reply.status != 200:
                raise ReplyBroken(f"/health answered with {reply.status}")
            taken.append(reply.total_seconds)
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        connection.abort()
    return taken


async def probed(endpoint: Endpoint, seconds: float) -> list[float]:
    """`probe` in a process of its own. Raises ReplyBroken."""
    words = (sys.executable, "-m", "benchmarks.probe", endpoint.host, str(endpoint.port), str(seconds))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ReplyBroken(f"/health could not be asked: {errors.decode(errors='replace').strip().splitlines()[-1:]}")
    taken: list[float] = json.loads(output)
    return taken


def main() -> None:
    """`python -m benchmarks.probe HOST PORT SECONDS` prints the seconds as JSON."""
    host, port, seconds = sys.argv[1:]
    print(json.dumps(uvloop.run(probe(Endpoint(host, int(port)), float(seconds)))))


if __name__ == "__main__":
    main()
