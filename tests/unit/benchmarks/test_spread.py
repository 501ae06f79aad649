import pytest

from benchmarks.spread import Spread, milliseconds, paired_ratios, per_second, spread, times


def test_a_spread_is_the_median_and_the_range() -> None:
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)
    assert spread([]) is None


def test_ratios_are_of_neighbours_and_leave_out_what_failed() -> None:
    assert paired_ratios([2.0, 30.0, 5.0], [1.0, 10.0, 5.0]) == Spread(2.0, 1.0, 3.0)
    assert paired_ratios([float("inf"), 4.0, 1.0], [1.0, 2.0, 0.0]) == Spread(2.0, 2.0, 2.0)
    assert paired_ratios([float("inf")], [1.0]) is None


def test_ratios_of_unequal_lengths_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired_ratios([1.0], [1.0, 2.0])


def test_numbers_are_shown_for_people() -> None:
    assert [milliseconds(value) for value in (0.0012, 0.0123, 0.1234)] == ["1.20", "12.3", "123"]
    assert [per_second(value) for value in (8.71, 149.4)] == ["8.7", "149"]
    assert Spread(1.0, 0.5, 2.0).text(times) == "1.00x (0.50x to 2.00x)"
    assert Spread(1.0, 1.0, 1.001).text(times) == "1.00x"
