import pytest

from voxhelm.engines.openai_remote.address import host_of, is_local_address, is_local_host


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "::1", "10.1.2.3", "192.168.1.20", "172.16.0.1", "169.254.3.4", "fe80::1%eth0", "fd00::5", "100.64.0.9",
        "::ffff:10.0.0.1", "localhost", "chatterbox", "tts.local", "nas.lan", "a.b.internal", "box.home.arpa", "tts.local.",
    ],
)  # fmt: skip
def test_what_is_at_home_is_local(host):
    assert is_local_host(host)


@pytest.mark.parametrize(
    "host",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "api.openai.com", "tts.company.example", "local.com", "notlocal"[3:] + ".io"],
)
def test_what_is_not_or_may_not_be_is_a_cloud(host):
    assert not is_local_host(host)


def test_an_address_is_an_address():
    assert is_local_address("127.0.0.1")
    with pytest.raises(ValueError, match="localhost"):
        is_local_address("localhost")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://10.0.0.5:8004/v1", "10.0.0.5"),
        ("https://TTS.Example.com/v1/", "tts.example.com"),
        ("http://[fd00::5]:80", "fd00::5"),
    ],
)
def test_the_host_of_a_url(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize("url", ["", "10.0.0.5:8004", "ftp://10.0.0.5", "http://", "http:///v1"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ValueError, match="no URL"):
        host_of(url)
