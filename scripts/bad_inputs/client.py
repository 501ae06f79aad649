"""Sends one case over a connection of its own and tells what came back."""

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from typing import Final

import httptools

from scripts.bad_inputs.case import Case, Ending

READ_BYTES: Final = 1 << 16
# Errors are small; of anything else only the end matters.
KEPT_BYTES: Final = 1 << 16
RESET_WHEN_CLOSED: Final = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Outcome:
    """What came of a case.

    status: None when no answer began. complete: the answer came to its end. closed: the server closed. timed_out: neither in time.
    failure: why what came is no HTTP answer.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    closed: bool = False
    timed_out: bool = False
    failure: str | None = None


async def send(host: str, port: int, case: Case, limit_seconds: float) -> Outcome:
    """Send a case, behave as it says, and read what comes for at most `limit_seconds`.

    Raises OSError when the server takes no connection.
    """
    reader, writer = await asyncio.open_connection(host, port)
    outcome = Outcome()
    try:
        async with asyncio.timeout(limit_seconds):
            await _exchange(reader, writer, case, outcome)
    except TimeoutError:
        outcome.timed_out = True
    except ConnectionError:
        outcome.closed = True
    finally:
        if case.ending is Ending.RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_WHEN_CLOSED)
        writer.close()
    return outcome


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, case: Case, outcome: Outcome) -> None:
    try:
        for piece in case.sent:
            writer.write(piece)
            await writer.drain()
        if case.ending is Ending.HALF_CLOSE:
            writer.write_eof()
    except OSError:
        outcome.closed = True  # it may have answered before it had read everything, and that answer is to be read
    if case.ending in (Ending.LEAVE, Ending.RESET):
        return
    answer = _Answer(outcome, has_body=case.method != "HEAD")
    while not outcome.complete and outcome.failure is None:
        data = await reader.read(READ_BYTES)
        if not data:
            outcome.closed = True
            answer.end_of_stream()
            return
        answer.feed(data)
        if case.ending is Ending.LEAVE_AT_FIRST_BYTE:
            return


class _Answer:
    """The callbacks of the parser, which fill in an outcome."""

    def __init__(self, outcome: Outcome, *, has_body: bool) -> None:
        self._outcome = outcome
        self._has_body = has_body
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes from the socket."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._outcome.complete = True
        except httptools.HttpParserError as error:
            # Whatever follows a whole answer is another one, or belongs to a protocol that we do not speak.
            if not self._outcome.complete:
                self._outcome.failure = f"not HTTP: {error}"

    def end_of_stream(self) -> None:
        """The server closed: an end for an answer without a length."""
        framed = {"content-length", "transfer-encoding"} & self._outcome.headers.keys()
        if self._outcome.status is not None and not framed:
            self._outcome.complete = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the first answer."""
        if not self._outcome.complete:
            self._outcome.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Keep the status, but not of an answer that only says to go on."""
        if self._outcome.complete:
            return
        status = self._parser.get_status_code()
        if status >= 200:
            self._outcome.status = status
            self._outcome.complete = not self._has_body

    def on_body(self, data: bytes) -> None:
        """Keep what may be an error."""
        if not self._outcome.complete and len(self._outcome.body) < KEPT_BYTES:
            self._outcome.body += data

    def on_message_complete(self) -> None:
        """Note the end, if it is that of an answer."""
        if self._outcome.status is not None:
            self._outcome.complete = True
