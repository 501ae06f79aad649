import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.api.known_hosts import KnownHosts

KNOWN = KnownHosts(("voice.example.org", "Other.Example.Org."))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8000",
        "192.168.1.20:8000",
        "[::1]:8000",
        "[fe80::1%25eth0]:8000",
        "localhost:8000",
        "LOCALHOST",
        "voxhelm",
        "voxhelm:8000",
        "voice.localhost:8000",
        "nas.local",
        "voxhelm.voice.svc.cluster.local:8000",
        "host.docker.internal:8000",
        "pc.lan",
        "pc.home",
        "pc.home.arpa",
        "voice.example.org",
        "VOICE.EXAMPLE.ORG:443",
        "voice.example.org.",
        "other.example.org",
        "",
    ],
)
def test_what_is_ours(host):
    assert KNOWN.knows(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "voice.example.org.evil.example",
        "evilvoice.example.org",
        "evil.local.example",
        "local.evil.example.",
        "user@evil.example",
        "[::1",
    ],
)
def test_what_may_be_somebody_elses(host):
    assert not KNOWN.knows(host)


@given(st.text())
def test_nothing_that_is_sent_is_too_strange(host):
    assert KNOWN.knows(host) in (True, False)
