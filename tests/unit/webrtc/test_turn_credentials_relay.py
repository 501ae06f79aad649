import asyncio
import contextlib
import re
import shutil
import socket
import time

import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCIceTransportPolicy

from tests.unit.webrtc.calling import Client, Heard, strength_at, until
from voxhelm.webrtc.ice_server import IceServer
from voxhelm.webrtc.peer import Peer
from voxhelm.webrtc.peer_options import PeerOptions
from voxhelm.webrtc.turn_credentials import TurnCredentials

SECRET = "only for this test"
BINDING_REQUEST = bytes.fromhex("000100002112a442") + bytes(range(12))
TURNSERVER = shutil.which("turnserver")

# uvloop waits for ever for a socket whose warning, that it was left open by a test that failed, was made an error.
pytestmark = [
    pytest.mark.skipif(TURNSERVER is None, reason="needs coturn (Debian: coturn)"),
    pytest.mark.filterwarnings("default::ResourceWarning"),
]


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def started(port, directory):
    """A relay that relays on this machine alone."""
    arguments = [
        "-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-rfc5780", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1",
        f"--listening-port={port}", "--min-port=21000", "--max-port=21050", "--lt-cred-mech", "--use-auth-secret",
        f"--static-auth-secret={SECRET}", "--realm=test", "--allow-loopback-peers", "--log-file=stdout",
        f"--pidfile={directory / 'pid'}", f"--userdb={directory / 'db'}",
    ]  # fmt: skip
    nowhere = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(TURNSERVER, *arguments, stdout=nowhere, stderr=nowhere)


def answers(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, contextlib.suppress(OSError):
        one.settimeout(0.1)
        one.connect(("127.0.0.1", port))
        one.send(BINDING_REQUEST)
        return bool(one.recv(1_500))
    return False


@pytest.fixture
async def relay(tmp_path):
    """A relay's address."""
    for _ in range(5):  # its port is free when it is chosen, and may be taken when it is wanted
        port = free_udp_port()
        process = await started(port, tmp_path)
        await until(lambda: process.returncode is not None or answers(port))  # noqa: B023
        if process.returncode is None:
            break
    yield f"127.0.0.1:{port}"
    process.terminate()
    await process.wait()


def minted(lifetime_seconds=60):
    return TurnCredentials.mint(SECRET, "caller", now_seconds=time.time(), lifetime_seconds=lifetime_seconds)


class RelayedClient(Client):
    """One that no datagram reaches but through the relay."""

    def __init__(self, relay, credentials):
        server = RTCIceServer(f"turn:{relay}", credentials.username, credentials.password)
        super().__init__(connection=RTCPeerConnection(RTCConfiguration([server], RTCIceTransportPolicy.RELAY)))


async def test_a_client_that_is_only_reached_through_a_relay_calls_with_minted_credentials(relay):
    heard, client = Heard(), RelayedClient(relay, minted())
    peer = await client.call(heard)
    await until(lambda: len(heard.samples) > 24_000)
    assert "typ relay" in client.connection.localDescription.sdp
    assert "typ host" not in client.connection.localDescription.sdp
    assert strength_at(heard.samples[-12_000:], 440, 24_000) > 0.9
    peer.send(b"hello")
    await until(lambda: client.messages == ["hello"])
    peer.close(1000, "over")
    await peer.wait_closed()
    await client.leave()


async def test_credentials_that_have_expired_reach_no_relay(relay):
    client = RelayedClient(relay, minted(lifetime_seconds=-10))
    await client.offer()
    assert "typ relay" not in client.connection.localDescription.sdp
    await client.leave()


async def test_a_server_may_have_a_relay_of_its_own(relay):
    credentials = minted()
    own = IceServer(f"turn:{relay}", credentials.username, credentials.password)
    heard, client = Heard(), Client()
    offer = await client.offer(gathered=True)
    peer = await Peer.answer(offer, PeerOptions(listen_on=("127.0.0.1",), ice_servers=(own,)), heard)
    assert re.search(r"a=candidate:.* 127\.0\.0\.1 210\d\d typ relay", peer.answer_sdp)
    await client.accept("\r\n".join(line for line in peer.answer_sdp.splitlines() if "typ host" not in line) + "\r\n")
    await until(lambda: heard.opened)
    peer.close(1000, "over")
    await peer.wait_closed()
    await client.leave()


async def test_a_relay_that_does_not_answer_holds_up_no_call():
    nobody = IceServer(f"turn:127.0.0.1:{free_udp_port()}", "1:nobody", "nothing")
    heard, client = Heard(), Client()
    peer = await client.call(heard, PeerOptions(listen_on=("127.0.0.1",), ice_servers=(nobody,)))
    await until(lambda: heard.opened)
    assert "typ relay" not in peer.answer_sdp
    peer.close(1000, "over")
    await peer.wait_closed()
    await client.leave()
