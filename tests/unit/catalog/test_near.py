from voxhelm.catalog.near import did_you_mean


def test_near_names_are_offered():
    assert did_you_mean("allloy", ["alloy", "ash", "nova"]) == " Did you mean 'alloy'?"


def test_nothing_is_offered_when_nothing_is_near():
    assert did_you_mean("qqqq", ["alloy", "nova"]) == ""
