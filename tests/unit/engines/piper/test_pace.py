import pytest

from voxhelm.domain.errors import ParameterInvalid
from voxhelm.engines.piper.pace import Pace


@pytest.mark.parametrize(("speed", "native", "stretch"), [(1, 1, 1), (0.5, 0.5, 1), (2, 2, 1), (0.25, 0.5, 0.5), (4, 2, 2)])
def test_a_voice_speaks_from_half_to_double_and_the_rest_is_stretched(speed, native, stretch):
    assert Pace.for_speed(speed) == Pace(native, stretch)


@pytest.mark.parametrize("speed", [0.2, 4.1, float("nan")])
def test_any_other_speed_is_refused(speed):
    with pytest.raises(ParameterInvalid, match=r"0\.25 to 4"):
        Pace.for_speed(speed)
