"""A light client of the Wyoming protocol, to have a text said or sound heard: lines of JSON, each followed by as many bytes as it says."""

import asyncio
import json
import time
from typing import Any

from benchmarks.wire import Endpoint, Reply, ReplyBroken, Request

# A line is a few hundred bytes; pieces of sound are read by their length.
LONGEST_LINE_BYTES = 1 << 20


def synthesize(text: str, voice: str | None) -> bytes:
    """The event that has `text` said."""
    data = {"text": text} if voice is None else {"text": text, "voice": {"name": voice}}
    return json.dumps({"type": "synthesize", "data": data}).encode() + b"\n"


def transcribe(samples: bytes, rate_hz: int, language: str) -> bytes:
    """The events that have 16-bit mono `samples` heard: the question, the sound in pieces of a second, its end."""
    form = {"rate": rate_hz, "width": 2, "channels": 1}
    parts = [_line("transcribe", {"language": language}), _line("audio-start", form)]
    for start in range(0, len(samples), 2 * rate_hz):
        piece = samples[start : start + 2 * rate_hz]
        parts += [_line("audio-chunk", form, len(piece)), piece]
    return b"".join([*parts, _line("audio-stop", {})])


def _line(kind: str, data: dict[str, Any], payload_bytes: int = 0) -> bytes:
    return json.dumps({"type": kind, "data": data, "payload_length": payload_bytes}).encode() + b"\n"


class WyomingConnection:
    """One client: a connection that is kept while the server keeps it. Has the calls of `wire.Connection` that a loop of clients needs."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Nothing is opened yet."""
        self._endpoint = endpoint
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connect, unless connected."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._endpoint.host, self._endpoint.port, limit=LONGEST_LINE_BYTES)

    async def ask(self, request: Request, *, limit_seconds: float = 120.0) -> Reply:
        """Send an event and wait for all of its sound, or for its transcript. An error of the server is a reply with status 500.

        Raises ReplyBroken, OSError when the server cannot be reached, TimeoutError after `limit_seconds`.
        """
        try:
            async with asyncio.timeout(limit_seconds):
                await self.open()
                assert self._streams is not None  # noqa: S101 - narrows the type
                reader, writer = self._streams
                started = time.perf_counter()
                writer.write(request.body)
                return await self._reply(reader, started)
        except (TimeoutError, ReplyBroken, OSError):
            self.abort()
            raise

    def abort(self) -> None:
        """Close at once."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _reply(self, reader: asyncio.StreamReader, started: float) -> Reply:
        reply = Reply(status=200)
        while True:
            kind, data, payload_bytes = await _event(reader)
            if kind == "audio-chunk" and payload_bytes:
                reply.first_byte_seconds = reply.first_byte_seconds or time.perf_counter() - started
                reply.body_bytes += payload_bytes
            elif kind in {"audio-stop", "error", "transcript"}:
                reply.total_seconds = time.perf_counter() - started
                if kind == "error":
                    reply.status = 500
                    reply.body += str(data.get("text", data)).encode()
                elif kind == "transcript":
                    reply.body += json.dumps(data).encode()
                    reply.body_bytes = len(reply.body)
                    self.abort()  # a server that hears closes after each, and says so to nobody who is not listening
                return reply


async def _event(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any], int]:
    """The next event: its type, its data and how long its payload was."""
    try:
        head = json.loads(await reader.readuntil(b"\n"))
        kind, data = str(head["type"]), dict(head.get("data") or {})
        data |= json.loads(await reader.readexactly(int(head.get("data_length") or 0)) or b"{}")
        payload = await reader.readexactly(int(head.get("payload_length") or 0))
    except asyncio.IncompleteReadError as error:
        raise ReplyBroken("the server closed in the middle of a reply") from error
    except (ValueError, KeyError, TypeError, AttributeError, asyncio.LimitOverrunError) as error:
        raise ReplyBroken(f"not Wyoming: {type(error).__name__}: {error}") from error
    return kind, data, len(payload)
