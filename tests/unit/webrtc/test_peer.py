import asyncio
import contextlib
import gc
import re
import struct
import subprocess
import sys
import threading
from random import Random

import numpy as np
import psutil
import pylibsrtp
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from tests.unit.webrtc.calling import HERE, Client, Heard, spoil_the_way, strength_at, tone, until
from tests.unit.webrtc.test_offer import OFFER
from voxhelm.domain.errors import CallUnreachable, PortsTaken, SdpInvalid
from voxhelm.realtime.face import PlayingFace
from voxhelm.webrtc.peer import Peer
from voxhelm.webrtc.peer_options import PeerOptions
from voxhelm.webrtc.port_range import PortRange

# uvloop waits for ever for a socket whose warning, that it was left open by a test that failed, was made an error.
pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")


def candidates_of(sdp):
    """(address, port, kind); both lines of an answer have the same ones."""
    return set(re.findall(r"^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ (\w+)", sdp, re.MULTILINE))


async def over(peer, client):
    peer.close(1000, "over")
    await peer.wait_closed()
    await client.leave()


@pytest.mark.parametrize("gathered", [False, True])
async def test_sound_and_events_go_both_ways(gathered):
    heard, client = Heard(), Client()
    peer = await client.call(heard, gathered=gathered)
    face: PlayingFace = peer
    face.send(b'{"type": "session.created"}')
    await until(lambda: client.messages)
    assert client.messages == ['{"type": "session.created"}']
    assert heard.opened == 1
    client.channel.send("hello")
    client.channel.send(b"\x00\xff")
    await until(lambda: len(heard.events) == 2)
    assert heard.events == ["hello", b"\x00\xff"]
    await until(lambda: len(heard.samples) > 24_000)
    assert all(pcm.rate_hz == 24_000 for pcm in heard.sounds)
    assert strength_at(heard.samples[-12_000:], 440, 24_000) > 0.95
    face.play("item_1", tone(600, 1.0))
    face.end_play("item_1")
    await until(lambda: heard.drained)
    assert heard.drained == ["item_1"]
    assert face.heard().item_id == "item_1"
    assert face.heard().milliseconds == pytest.approx(1_000)
    assert strength_at(client.samples[-48_000:], 600, 48_000) > 0.9
    face.close(1000, "that was all")
    await peer.wait_closed()
    assert heard.closed == ["that was all"]
    await client.leave()


async def test_the_lines_of_an_offer_may_come_in_any_order():
    first_the_channel = RTCConfiguration(iceServers=[], alwaysNegotiateDataChannels=True)
    heard, client = Heard(), Client(channel=None, connection=RTCPeerConnection(first_the_channel))
    offer = await client.offer()
    client.connection.createDataChannel("oai-events").on("message", client.messages.append)
    assert offer.index("m=application") < offer.index("m=audio")
    peer = await Peer.answer(offer, HERE, heard)
    await client.accept(peer.answer_sdp)
    peer.send(b"hello")
    await until(lambda: client.messages == ["hello"])
    await until(lambda: len(heard.samples) > 4_800)
    await over(peer, client)


async def test_the_answer_has_opus_with_copies_and_every_way_to_the_server():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    assert "m=audio" in peer.answer_sdp
    assert re.search(r"a=fmtp:\d+ minptime=10;useinbandfec=1;maxplaybackrate=24000", peer.answer_sdp)
    assert "PCMU" not in peer.answer_sdp
    assert "a=end-of-candidates" in peer.answer_sdp
    assert {host for host, _, _ in candidates_of(peer.answer_sdp)} == {"127.0.0.1"}
    await until(lambda: heard.opened)
    await over(peer, client)


async def test_events_wait_for_the_channel_and_keep_their_order():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    for number in range(300):
        peer.send(f"event {number}".encode())
    assert heard.opened == 0
    await until(lambda: len(client.messages) == 300)
    assert client.messages == [f"event {number}" for number in range(300)]
    await over(peer, client)


async def test_what_was_sent_arrives_before_the_end():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    peer.send(b"x" * 200_000)
    peer.send(b"the last words")
    await over(peer, client)
    assert client.messages[-1] == "the last words"


async def test_an_event_over_the_clients_limit_is_replaced():
    heard, client = Heard(), Client()
    too_long = []

    def instead(event, longest_bytes):
        too_long.append((len(event), longest_bytes))
        return b"too long"

    peer = await client.call(heard, PeerOptions(listen_on=("127.0.0.1",), instead_of_too_long=instead))
    peer.send(b"x" * 262_145)
    peer.send(b"y" * 262_144)
    await until(lambda: len(client.messages) == 2)
    assert client.messages == ["too long", "y" * 262_144]
    assert too_long == [(262_145, 262_144)]
    await over(peer, client)


async def test_a_client_that_takes_nothing_is_hung_up_on():
    heard, client = Heard(), Client()
    peer = await client.call(heard, PeerOptions(listen_on=("127.0.0.1",), most_waiting_bytes=100_000))
    await until(lambda: heard.opened)
    for _ in range(200):
        peer.send(b"x" * 10_000)
    await until(lambda: heard.closed)
    assert heard.closed == ["it does not take what is sent to it"]
    await client.leave()


async def test_a_client_that_floods_is_hung_up_on(monkeypatch):
    monkeypatch.setattr("voxhelm.webrtc.peer._EVENTS_AT_ONCE", 50)
    monkeypatch.setattr("voxhelm.webrtc.peer._EVENTS_PER_SECOND", 1)
    heard, client = Heard(), Client()
    await client.call(heard)
    await until(lambda: heard.opened)
    for number in range(300):
        client.channel.send(str(number))
    await until(lambda: heard.closed)
    assert heard.closed == ["it sent more events than can be taken"]
    assert heard.events == [str(number) for number in range(len(heard.events))]
    assert 50 <= len(heard.events) < 300
    await client.leave()


async def test_a_message_over_the_announced_limit_ends_the_call():
    heard, client = Heard(), Client()
    await client.call(heard)
    await until(lambda: heard.opened)
    client.connection.sctp._remote_max_message_size = 0
    client.channel.send("x" * 300_000)
    await until(lambda: heard.closed)
    assert heard.closed == ["it sent a message of more than 262,144 bytes"]
    assert heard.events == []
    await client.leave()


async def test_a_message_without_an_end_is_not_kept_without_a_bound():
    heard, client = Heard(), Client()
    await client.call(heard)
    await until(lambda: heard.opened)
    client.connection.sctp._remote_max_message_size = 0
    client.channel.send("x" * 2_500_000)
    await until(lambda: heard.closed)
    assert heard.closed == ["it sent more at once than was announced"]
    await client.leave()


@pytest.mark.parametrize(("protocol", "data"), [(51, b"\xff\xfe"), (50, b"\x02"), (50, b"\x03" + bytes(20))])
async def test_messages_that_make_no_sense_end_the_call(protocol, data):
    heard, client = Heard(), Client()
    await client.call(heard)
    await until(lambda: heard.opened)
    stream = client.channel.id if protocol == 51 else client.channel.id + (2 if data[0] == 2 else 0)
    await client.connection.sctp._send(stream, protocol, data)
    await until(lambda: heard.closed)
    assert heard.closed == ["it sent what is no message"]
    await client.leave()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_a_client_sends_nothing_but_its_call_ends(seed):
    random = Random(seed)
    went_wrong = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: went_wrong.append(context))
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    way = client.transceiver.sender.transport
    opus = client.transceiver._codecs[0].payloadType
    for number in range(200):
        noise = random.randbytes(random.randrange(4, 80))
        words = len(noise) // 4
        # What cannot be encrypted is not sent, and after its end nothing is.
        with contextlib.suppress(ConnectionError, pylibsrtp.Error):
            match random.randrange(4):
                case 0:
                    await way._send_data(noise)
                case 1:
                    await way._send_rtp(bytes([0x80 | random.randrange(64), opus]) + random.randbytes(10) + noise)
                case 2:
                    await way._send_rtp(bytes([0x80, opus]) + struct.pack("!HLL", number, number * 960, 7) + noise)
                case _:
                    header = bytes([0x80 | random.randrange(32), random.randrange(200, 208)]) + struct.pack("!H", words)
                    await way._send_rtp(header + noise[: words * 4])
    await until(lambda: heard.closed or peer.counts.played + peer.counts.damaged > 20)
    peer.close(1000, "over")
    await peer.wait_closed()
    await client.leave()
    gc.collect()
    assert went_wrong == []


async def test_events_arrive_in_order_over_a_network_that_loses_them():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    spoil_the_way(client, lost=0.1, late=0.1, late_seconds=0.03, seed=5, everything=True)
    for number in range(60):
        client.channel.send(f"to the server {number}")
        peer.send(f"to the client {number}".encode())
    await until(lambda: len(heard.events) == 60 and len(client.messages) == 60, seconds=40)
    assert heard.events == [f"to the server {number}" for number in range(60)]
    assert client.messages == [f"to the client {number}" for number in range(60)]
    await over(peer, client)


async def test_who_hangs_up_has_left_and_who_is_hung_up_on_has_not():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    await client.connection.close()
    await peer.wait_closed()
    assert peer.client_left
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    await over(peer, client)
    assert not peer.client_left


async def test_only_the_channel_of_events_is_taken():
    heard, client = Heard(), Client(channel="chat")
    peer = await client.call(heard)
    await until(lambda: client.channel.readyState == "closed")
    assert heard.opened == 0
    events = client.connection.createDataChannel("oai-events")
    await until(lambda: heard.opened)
    events.send("hello")
    await until(lambda: heard.events)
    await over(peer, client)


async def test_over_a_bad_network_all_of_the_time_is_heard_and_nearly_all_of_the_tone():
    heard, client = Heard(), Client()
    sent = spoil_the_way(client, lost=0.1, late=0.1, late_seconds=0.03, seed=7)
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    sent.clear()
    heard.sounds.clear()
    await until(lambda: len(sent) >= 150)
    await until(lambda: len(heard.samples) >= (150 - 15) * 480)
    assert strength_at(heard.samples, 440, 24_000) > 0.8
    counts = peer.counts
    assert counts.recovered > 5
    assert counts.silent_samples == 0
    assert counts.restarts == 0
    await over(peer, client)


async def test_the_client_is_told_what_was_lost_and_the_server_learns_how_far_it_is_away():
    heard, client = Heard(), Client()
    sent = spoil_the_way(client, lost=0.2, late=0, late_seconds=0, seed=3)
    peer = await client.call(heard)

    async def told():
        return [stats for stats in (await client.connection.getStats()).values() if stats.type == "remote-inbound-rtp"]

    async with asyncio.timeout(15):
        while not any(stats.packetsLost > 0 and stats.roundTripTime is not None for stats in await told()):
            await asyncio.sleep(0.05)
    (stats,) = await told()
    assert stats.packetsLost < len(sent) / 2
    assert 0 < stats.fractionLost < 150
    # aiortc reads the wall clock, which the machine may slew by 500 ppm between a report and its answer.
    assert -0.001 < stats.roundTripTime < 0.2
    await until(lambda: peer._call.round_trip_seconds is not None)
    assert peer._call.round_trip_seconds < 0.2
    await over(peer, client)


async def test_hushed_sound_stops_and_what_was_heard_is_known():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    peer.play("item_1", tone(600, 20.0))
    peer.end_play("item_1")
    await until(lambda: (now := peer.heard()) is not None and now.milliseconds > 500)
    peer.hush()
    frames = len(client.frames)
    await until(lambda: len(client.frames) > frames + 50)
    assert np.abs(client.frames[-1]).max() < 50
    at_last = peer.heard()
    assert at_last.item_id == "item_1"
    assert 500 < at_last.milliseconds < 5_000
    assert heard.drained == []
    peer.play("item_2", tone(600, 0.2))
    peer.end_play("item_2")
    await until(lambda: heard.drained == ["item_2"])
    await over(peer, client)


async def test_a_ducked_voice_is_quieter():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    peer.play("item_1", tone(600, 20.0, level=10_000))
    await until(lambda: client.frames and np.abs(client.frames[-1]).max() > 8_000)
    peer.duck(0.3)
    await until(lambda: 2_000 < np.abs(client.frames[-1]).max() < 4_500)
    peer.duck(1.0)
    await until(lambda: np.abs(client.frames[-1]).max() > 8_000)
    await over(peer, client)


async def test_a_client_that_only_speaks_is_not_waited_for_to_hear():
    heard, client = Heard(), Client(direction="sendonly")
    peer = await client.call(heard)
    await until(lambda: len(heard.samples) > 4_800)
    peer.play("item_1", tone(600, 20.0))
    peer.end_play("item_1")
    await until(lambda: heard.drained == ["item_1"])
    assert peer.heard() is None
    await over(peer, client)


async def test_a_call_without_a_channel_opens_when_it_is_connected():
    heard, client = Heard(), Client(channel=None)
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    peer.send(b"nobody hears this")
    await until(lambda: len(heard.samples) > 4_800)
    await over(peer, client)


async def test_calls_take_ports_of_the_range_until_none_is_left():
    options = PeerOptions(listen_on=("127.0.0.1",), ports=PortRange(20_310, 20_311))
    peers = [await Peer.answer(OFFER, options, Heard()) for _ in range(2)]
    ports = [port for peer in peers for _, port, _ in candidates_of(peer.answer_sdp)]
    assert sorted(ports) == ["20310", "20311"]
    with pytest.raises(PortsTaken, match="20310 to 20311") as refused:
        await Peer.answer(OFFER, options, Heard())
    assert refused.value.retry_after_seconds is not None
    peers[0].close(1000, "over")
    await peers[0].wait_closed()
    peers[0] = await Peer.answer(OFFER, options, Heard())
    for peer in peers:
        peer.close(1000, "over")
        await peer.wait_closed()


async def test_announced_addresses_are_told_with_the_ports_that_are_listened_on():
    options = PeerOptions(listen_on=("127.0.0.1",), announced_addresses=("203.0.113.7",), ports=PortRange(20_312, 20_312))
    peer = await Peer.answer(OFFER, options, Heard())
    assert candidates_of(peer.answer_sdp) == {("127.0.0.1", "20312", "host"), ("203.0.113.7", "20312", "host")}
    peer.close(1000, "over")
    await peer.wait_closed()


async def test_a_server_without_an_address_says_so():
    with pytest.raises(CallUnreachable, match="nosuch0"):
        await Peer.answer(OFFER, PeerOptions(listen_on=("nosuch0",)), Heard())


@pytest.mark.parametrize("sdp", ["", "hello", OFFER.replace("opus", "G722")])
async def test_an_offer_that_cannot_be_answered_is_refused_and_leaves_nothing(sdp):
    heard = Heard()
    with pytest.raises(SdpInvalid):
        await Peer.answer(sdp, HERE, heard)
    assert heard.closed == []


async def test_who_never_comes_is_given_up():
    heard = Heard()
    peer = await Peer.answer(OFFER, PeerOptions(listen_on=("127.0.0.1",), connect_seconds=0.2), heard)
    await peer.wait_closed()
    assert heard.closed == ["it was not there within 0.2 seconds"]
    assert heard.opened == 0


async def test_a_client_that_leaves_ends_the_call():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    await client.leave()
    await peer.wait_closed()
    assert heard.closed in (["the client has left"], ["the client has closed its data channel"])
    peer.send(b"nobody")
    peer.play("item_1", tone(600, 0.1))
    peer.close(1000, "again")
    assert len(heard.closed) == 1


async def test_a_client_that_vanishes_is_missed(monkeypatch):
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.1)
    monkeypatch.setattr("aioice.ice.CONSENT_FAILURES", 2)
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    await until(lambda: heard.opened)
    for protocol in client.connection.sctp.transport.transport._connection._protocols:
        protocol.transport.abort()
    await peer.wait_closed()
    assert heard.closed == ["the way to the client was lost"]
    await client.leave()


async def test_strangers_are_not_listened_to_for_long():
    peer = await Peer.answer(OFFER, HERE, Heard())
    ((host, port, _),) = candidates_of(peer.answer_sdp)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, int(port)))
    way = peer._call._receiver.transport.transport._connection
    while way._queue.qsize() < 1_000:
        transport.sendto(b"\x80" * 100)
        await asyncio.sleep(0)
    for _ in range(100):
        transport.sendto(b"\x80" * 100)
        await asyncio.sleep(0)
    assert way._queue.qsize() == 1_000
    transport.close()
    peer.close(1000, "over")
    await peer.wait_closed()


@pytest.mark.parametrize("module", ["voxhelm.webrtc.peer", "voxhelm.api.app", "voxhelm.compose"])
def test_aiortc_is_not_imported_before_somebody_calls(module):
    program = f"import sys, {module}; print('aiortc' in sys.modules, 'aioice' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def traces():
    """How many tasks, threads and descriptors there are."""
    gc.collect()
    # Threads of the loop's pool come when clients encode, and stay; none of a call is among them.
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith(("asyncio_", "uvloop_"))]
    return len(asyncio.all_tasks()), len(threads), psutil.Process().num_fds()


@pytest.mark.slow
async def test_twenty_calls_leave_nothing_behind():
    async def one_call(*, left_by_client):
        heard, client = Heard(), Client()
        peer = await client.call(heard)
        peer.send(b"hello")
        await until(lambda: client.messages and len(heard.samples) > 2_400)
        peer.play("item_1", tone(600, 5.0))
        if left_by_client:
            await client.leave()
            await peer.wait_closed()
        else:
            await over(peer, client)
        assert len(heard.closed) == 1

    await one_call(left_by_client=False)
    before = traces()
    for number in range(20):
        await one_call(left_by_client=number % 2 == 0)
    await until(lambda: all(now <= then for now, then in zip(traces(), before, strict=True)))
