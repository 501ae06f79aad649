from pathlib import Path

import pytest

from voxhelm.residency.measurements import Measurements
from voxhelm.residency.places import EMPTY_HOST_BYTES, devices_for, places_of
from voxhelm.testing.card_engine import CARD_BYTES, ENGINE, HOST_BYTES

BOTH = ("cpu", "cuda")
CARDS = ("cuda:0", "cuda:1")


@pytest.mark.parametrize(
    ("choice", "kinds", "cards", "devices"),
    [
        ("auto", BOTH, CARDS, ("cuda:0", "cuda:1", "cpu")),
        ("cuda", BOTH, CARDS, ("cuda:0", "cuda:1", "cpu")),
        ("cuda:1", BOTH, CARDS, ("cuda:1", "cpu")),
        ("cpu", BOTH, CARDS, ("cpu",)),
        ("auto", BOTH, (), ("cpu",)),
        ("auto", ("cpu",), CARDS, ("cpu",)),
        ("cuda:1", ("cpu",), CARDS, ("cpu",)),
        ("auto", ("cuda",), CARDS, CARDS),
        ("auto", ("cuda",), (), ()),
    ],
)
def test_devices_follow_the_operator_the_engine_and_the_machine(choice, kinds, cards, devices):
    assert devices_for(choice, kinds, cards) == devices


def test_a_place_takes_what_was_measured_there_and_else_what_was_declared():
    spec = ENGINE.discover(Path())[0]
    measurements = Measurements(None)
    measurements.record(spec.id, "cuda:0", {"cuda:0": 5}, 1.0, 1000.0)
    card, cpu = places_of(ENGINE, spec, ("cuda:0", "cpu"), measurements)
    assert card.declared_bytes_by_device == {"cuda:0": CARD_BYTES, "cpu": HOST_BYTES + EMPTY_HOST_BYTES}
    assert card.bytes_by_device == {"cuda:0": 5, "cpu": HOST_BYTES + EMPTY_HOST_BYTES}
    assert cpu.bytes_by_device == cpu.declared_bytes_by_device == {"cpu": HOST_BYTES + EMPTY_HOST_BYTES}
