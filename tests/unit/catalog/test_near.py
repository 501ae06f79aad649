from voxhelm.catalog.near import did_you_mean


def test_near_names_are_offered():
    assert did_you_mean("allloy", ["alloy", "ash", "nova"]) == " Did you mean 'alloy'?"


def test_nothing_is_offered_when_nothing_is_near():
    assert did_you_mean("qqqq", ["alloy", "nova"]) == ""


def test_what_is_longer_than_any_name_is_compared_with_nothing():
    """Comparing it with every voice would keep everybody waiting for seconds."""
    assert did_you_mean("alloy" * 41, ["alloy", "alloy" * 41]) == ""
