import pytest

from voxhelm.kit.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::1%lo", "::ffff:127.0.0.1", "localhost"])
def test_this_machine_alone(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "::ffff:10.0.0.1", "localhost.example.org", "", "a b"])  # noqa: S104
def test_others_too(host):
    assert not is_loopback(host)
