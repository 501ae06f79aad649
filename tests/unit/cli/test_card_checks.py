from voxhelm.cli.card_checks import card_lines
from voxhelm.gpu.facts import CardFacts
from voxhelm.testing.device import GIB, FakeDevice, FakeDevices


def test_each_card_is_told_with_its_memory_and_the_driver():
    card, other = FakeDevice(0, taken={1: 4 * GIB}), FakeDevice(1, readable=False)
    first, second = card_lines(FakeDevices(card, other).read())
    assert first[:2] == ("card cuda:0", True)
    assert "Fake T4" in first[2]
    assert "driver 999.99" in first[2]
    assert first[2].count("GB") == 2
    assert second[:2] == ("card cuda:1", False)
    assert "what is free is not known" in second[2]


def test_without_a_card_the_reason_is_told():
    assert list(card_lines(CardFacts(absence="the driver is on holiday"))) == [
        ("card", False, "none, models run on the CPU: the driver is on holiday")
    ]
