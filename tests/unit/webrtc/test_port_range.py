import pytest

from voxhelm.webrtc.port_range import PortRange


@pytest.mark.parametrize("offset", [0, 1, 4, 5, 1_000_003])
def test_every_port_comes_once_wherever_one_begins(offset):
    ports = list(PortRange(40_000, 40_004).beginning_at(offset))
    assert sorted(ports) == [40_000, 40_001, 40_002, 40_003, 40_004]
    assert ports[0] == 40_000 + offset % 5


@pytest.mark.parametrize(("first", "last"), [(0, 10), (20, 10), (1, 70_000), (-5, -1)])
def test_what_is_no_range_is_refused(first, last):
    with pytest.raises(ValueError, match="upwards"):
        PortRange(first, last)


def test_a_range_of_one_is_one():
    assert len(PortRange(7, 7)) == 1
    assert list(PortRange(7, 7).beginning_at(3)) == [7]
