import socket

import pytest

from voxhelm.hosting import bootstrap, wire


@pytest.mark.parametrize("message", ["it lacks numpy", "липсва " * 2_000, ""])
def test_what_it_tells_is_what_the_server_reads(message):
    ours, theirs = socket.socketpair()
    with ours:
        bootstrap.tell(theirs.detach(), message)
        frame = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    (length,) = wire.HEADER.unpack(frame[: wire.HEADER.size])
    told = wire.decode_for_server(frame[wire.HEADER.size :])
    assert length == len(frame) - wire.HEADER.size
    assert isinstance(told, wire.Fault)
    assert (told.stream, told.kind, told.param) == (0, "ModelLoadFailed", None)
    assert message.startswith(told.message)
    assert len(told.message) == len(message) or len(told.message.encode()) > 3_900
