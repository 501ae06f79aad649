import pytest

from voxhelm.webrtc.local_addresses import LocalAddress, chosen

LOOPBACK = [LocalAddress("lo", "127.0.0.1"), LocalAddress("lo", "::1")]
HOUSE = [
    *LOOPBACK,
    LocalAddress("eth0", "192.168.1.7"),
    LocalAddress("eth0", "fe80::1"),
    LocalAddress("eth0", "2001:db8::7"),
    LocalAddress("docker0", "172.17.0.1"),
]


def test_all_that_others_can_reach_unless_something_is_wanted():
    assert chosen(HOUSE, ()) == ["192.168.1.7", "2001:db8::7", "172.17.0.1"]


def test_a_machine_without_a_network_is_called_on_its_loopback():
    assert chosen(LOOPBACK, ()) == ["127.0.0.1", "::1"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("eth0",), ["192.168.1.7", "2001:db8::7"]),
        (("192.168.0.0/16",), ["192.168.1.7"]),
        (("172.17.0.1",), ["172.17.0.1"]),
        (("127.0.0.1",), ["127.0.0.1"]),
        (("::/0", "docker0"), ["::1", "2001:db8::7", "172.17.0.1"]),
        (("wlan0",), []),
    ],
)
def test_interfaces_addresses_and_networks_may_be_wanted(wanted, expected):
    assert chosen(HOUSE, wanted) == expected
