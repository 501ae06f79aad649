"""Sends one case over a connection of its own and tells what came back."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import httptools

from scripts.bad_inputs.case import Case, Ending, message
from scripts.bad_inputs.frames import CLOSE, Frames, frame

READ_BYTES: Final = 1 << 16
# Errors are small; of anything else only the end matters.
KEPT_BYTES: Final = 1 << 16
RESET_WHEN_CLOSED: Final = struct.pack("ii", 1, 0)
GOODBYE: Final = frame((1000).to_bytes(2, "big"), CLOSE)
CALLS: Final = "/v1/realtime/calls/"


@dataclass(slots=True)
class Outcome:
    """What came of a case.

    status: None when no answer began. complete: the answer came to its end. closed: the server closed. timed_out: neither in time.
    failure: why what came is no HTTP answer, or is nothing that a WebSocket may bring.
    frames: what came behind the handshake of a WebSocket.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    closed: bool = False
    timed_out: bool = False
    failure: str | None = None
    frames: Frames | None = None


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
    place = outcome.headers.get("location", "")
    if place.startswith(CALLS):
        # Nobody will ever take part in it, and the server would wait for them.
        await send(host, port, Case("hang up", (message("POST", f"{place}/hangup"),)), limit_seconds)
    return outcome


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, case: Case, outcome: Outcome) -> None:
    answer = _Answer(outcome, has_body=case.method != "HEAD", is_socket=case.is_socket)
    rest: Iterable[bytes] = case.sent
    if case.is_socket:
        # Frames may follow when the server has let them in.
        handshake, *rest = case.sent
        writer.write(handshake)
        while not outcome.complete and outcome.frames is None:
            if not await _read(reader, answer, outcome):
                return
    if not outcome.complete:
        await _write(writer, rest, case, outcome)
    if case.ending in (Ending.LEAVE, Ending.RESET):
        return
    while not outcome.complete and outcome.failure is None:
        if not await _read(reader, answer, outcome):
            return
        if outcome.frames is not None and outcome.frames.all_answered:
            outcome.frames.all_answered = False
            writer.write(GOODBYE)
        if case.ending is Ending.LEAVE_AT_FIRST_BYTE:
            return


async def _write(writer: asyncio.StreamWriter, pieces: Iterable[bytes], case: Case, outcome: Outcome) -> None:
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if case.ending is Ending.HALF_CLOSE:
            writer.write_eof()
    except OSError:
        outcome.closed = True  # it may have answered before it had read everything, and that answer is to be read


async def _read(reader: asyncio.StreamReader, answer: "_Answer", outcome: Outcome) -> bool:
    """Take what comes next. False at the end of it."""
    data = await reader.read(READ_BYTES)
    if not data:
        outcome.closed = True
        answer.end_of_stream()
        return False
    answer.feed(data)
    return True


class _Answer:
    """The callbacks of the parser, which fill in an outcome."""

    def __init__(self, outcome: Outcome, *, has_body: bool, is_socket: bool) -> None:
        self._outcome = outcome
        self._is_socket = is_socket
        self._has_body = has_body
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes from the socket."""
        if self._outcome.frames is not None:
            self._take_frames(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._is_socket:
                self._outcome.frames = Frames()
                self._take_frames(data[upgrade.args[0] :])
            else:
                self._outcome.complete = True
        except httptools.HttpParserError as error:
            # Whatever follows a whole answer is another one, or belongs to a protocol that we do not speak.
            if not self._outcome.complete:
                self._outcome.failure = f"not HTTP: {error}"

    def _take_frames(self, data: bytes) -> None:
        frames = self._outcome.frames
        if frames is not None:
            self._outcome.failure = frames.feed(data)
            self._outcome.complete = frames.closed_with is not None

    def end_of_stream(self) -> None:
        """The server closed: an end for an answer without a length."""
        if self._outcome.frames is not None:
            return
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
        if status == 101:
            self._outcome.status = status
        elif status >= 200:
            self._outcome.status = status
            self._outcome.complete = not self._has_body

    def on_body(self, data: bytes) -> None:
        """Keep what may be an error."""
        if not self._outcome.complete and len(self._outcome.body) < KEPT_BYTES:
            self._outcome.body += data

    def on_message_complete(self) -> None:
        """Note the end, if it is that of an answer."""
        if self._outcome.status not in (None, 101):
            self._outcome.complete = True
