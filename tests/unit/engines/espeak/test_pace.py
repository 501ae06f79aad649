import pytest

from voxhelm.domain.errors import ParameterInvalid
from voxhelm.engines.espeak.pace import Pace


@pytest.mark.parametrize(
    ("speed", "words_per_minute", "stretch"),
    [(0.25, 88, 0.5), (0.5, 88, 1.0), (1.0, 175, 1.0), (1.3, 228, 1.0), (2.0, 350, 1.0), (3.0, 350, 1.5), (4.0, 350, 2.0)],
)
def test_the_library_does_what_it_does_well_and_stretching_the_rest(speed, words_per_minute, stretch):
    assert Pace.for_speed(speed, can_stretch=True) == Pace(words_per_minute, stretch)


@pytest.mark.parametrize(("speed", "words_per_minute"), [(0.25, 80), (0.5, 88), (1.0, 175), (4.0, 700)])
def test_without_stretching_the_library_does_all_it_can(speed, words_per_minute):
    assert Pace.for_speed(speed, can_stretch=False) == Pace(words_per_minute, 1.0)


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.24, 4.01, float("nan"), float("inf")])
def test_other_speeds_are_refused(speed):
    with pytest.raises(ParameterInvalid):
        Pace.for_speed(speed, can_stretch=True)
