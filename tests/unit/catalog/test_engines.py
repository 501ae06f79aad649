from voxhelm.catalog.engines import find_engines


def test_the_built_in_engines_come_through_the_entry_points():
    assert {"espeak", "flite", "pocketsphinx", "silero"} <= set(find_engines().working)


def test_a_broken_plugin_is_reported_and_takes_nobody_with_it():
    found = find_engines(["voxhelm.no_such_module:ENGINE", "voxhelm.testing.engine:RATE_HZ", "voxhelm.testing.engine:ENGINE"])
    assert "No module" in found.broken["voxhelm.no_such_module:ENGINE"]
    assert "not a voxhelm" in found.broken["voxhelm.testing.engine:RATE_HZ"]
    assert "fake" in found.working
