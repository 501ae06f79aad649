"""The server's end of the socket to a host: frames in, each to the stream it belongs to."""

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec

from voxhelm.hosting import wire

# What a stream's reader may find: a message, an error of its own input, or None when the host has gone.
Delivery = wire.ToServer | Exception | None


class HostConnection(asyncio.Protocol):
    """Sorts what the host sends into one inbox per stream, and counts the input credit of each."""

    def __init__(self, *, on_lost: Callable[[], None]) -> None:
        """on_lost: called once when the socket is closed, from either side."""
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._inboxes: dict[int, asyncio.Queue[Delivery]] = {0: asyncio.Queue()}
        self._rooms: dict[int, asyncio.Semaphore] = {}
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Cut frames out of the bytes and deliver them."""
        buffer = self._buffer
        buffer += data
        start = 0
        with memoryview(buffer) as view:
            while len(buffer) - start >= wire.HEADER.size:
                (length,) = wire.HEADER.unpack_from(view, start)
                if length > wire.LONGEST_FRAME_BYTES:
                    self.close()
                    return
                end = start + wire.HEADER.size + length
                if end > len(buffer):
                    break
                try:
                    message = wire.decode_for_server(view[start + wire.HEADER.size : end])
                except msgspec.DecodeError:
                    # Native code that scribbles over memory can do this; the host cannot be trusted any more.
                    self.close()
                    return
                start = end
                self._deliver(message)
        del buffer[:start]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Tell every open stream."""
        self._lost = True
        for inbox in self._inboxes.values():
            inbox.put_nowait(None)
        for room in self._rooms.values():
            room.release()
        self._on_lost()

    def _deliver(self, message: wire.ToServer) -> None:
        match message:
            case wire.Credit():
                room = self._rooms.get(message.stream)
                if room is not None:
                    for _ in range(message.items):
                        room.release()
            case wire.Ready():
                self._inboxes[0].put_nowait(message)
            case _:
                inbox = self._inboxes.get(message.stream)
                # A stream that was cancelled is forgotten at once; what was still under way for it is dropped here.
                if inbox is not None:
                    inbox.put_nowait(message)

    async def first(self) -> Delivery:
        """The answer to the loading: Ready, a Fault, or None when the host died."""
        return await self._inboxes[0].get()

    def open(self, number: int) -> "asyncio.Queue[Delivery]":
        """The inbox of a new stream."""
        inbox: asyncio.Queue[Delivery] = asyncio.Queue()
        self._inboxes[number] = inbox
        if self._lost:
            inbox.put_nowait(None)
        return inbox

    def open_input(self, number: int) -> asyncio.Semaphore:
        """The input credit of a new stream: acquire once per piece sent."""
        room = asyncio.Semaphore(wire.INPUT_WINDOW)
        self._rooms[number] = room
        return room

    def fail(self, number: int, error: Exception) -> None:
        """Make the reader of a stream find `error`, which its input has raised."""
        inbox = self._inboxes.get(number)
        if inbox is not None:
            inbox.put_nowait(error)

    def forget(self, number: int) -> None:
        """Drop a stream that has ended or was cancelled."""
        self._inboxes.pop(number, None)
        self._rooms.pop(number, None)

    def send(self, message: wire.ToHost) -> None:
        """Write a frame. When the host has gone this does nothing: the stream's reader learns it from the inbox."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(wire.encode(message))

    def close(self) -> None:
        """Close the socket, which ends the host."""
        if self._transport is not None:
            self._transport.close()
