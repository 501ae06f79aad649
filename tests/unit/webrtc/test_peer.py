
import pytest

from tests.unit.webrtc.calling import Client, Heard, strength_at, tone, until


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    """Clients call from this machine alone, whatever networks it is in."""
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **_: ["127.0.0.1"])


async def test_sound_and_events_go_both_ways():
    heard, client = Heard(), Client()
    peer = await client.call(heard)
    peer.send(b'{"type": "session.created"}')
    await until(lambda: client.messages)
    assert client.messages == ['{"type": "session.created"}']
    assert heard.opened == 1
    client.channel.send("hello")
    await until(lambda: heard.events)
    assert heard.events == ["hello"]
    await until(lambda: len(heard.samples) > 24_000)
    assert all(pcm.rate_hz == 24_000 for pcm in heard.sounds)
    assert strength_at(heard.samples[-12_000:], 440, 24_000) > 0.95
    peer.play("item_1", tone(600, 1.0))
    peer.end_play("item_1")
    await until(lambda: heard.drained)
    assert heard.drained == ["item_1"]
    assert peer.heard().milliseconds == pytest.approx(1_000)
    assert strength_at(client.samples[-48_000:], 600, 48_000) > 0.9
    peer.close(1000, "that was all")
    await peer.wait_closed()
    assert heard.closed == ["that was all"]
    await client.leave()
