import os

from voxhelm.residency.measurements import Measurements, peak_resident_bytes


def test_peaks_only_grow_and_survive_a_restart(tmp_path):
    path = tmp_path / "state" / "measurements.json"
    first = Measurements(path)
    assert first.record("m", "cpu", {"cpu": 100}, 0.5, 1000.0)
    assert not first.record("m", "cpu", {"cpu": 50}, 0.5, 1001.0)
    assert first.record("m", "cpu", {"cpu": 200}, 0.5, 1002.0)
    again = Measurements(path).of("m", "cpu")
    assert (again.peak_bytes_by_device, again.load_seconds, again.measured_unix_seconds) == ({"cpu": 200}, 0.5, 1002.0)


def test_a_peak_that_is_hardly_higher_is_known_and_not_worth_a_write(tmp_path):
    path = tmp_path / "measurements.json"
    measurements = Measurements(path)
    measurements.record("m", "cpu", {"cpu": 1_000_000}, 0.5, 1000.0)
    path.unlink()
    assert measurements.record("m", "cpu", {"cpu": 1_010_000}, 0.5, 1001.0)
    assert measurements.of("m", "cpu").peak_bytes_by_device == {"cpu": 1_010_000}
    assert not path.exists()
    # Small steps add up.
    assert measurements.record("m", "cpu", {"cpu": 1_020_000}, 0.5, 1002.0)
    assert Measurements(path).of("m", "cpu").peak_bytes_by_device == {"cpu": 1_020_000}


def test_each_place_is_measured_by_itself(tmp_path):
    path = tmp_path / "measurements.json"
    measurements = Measurements(path)
    measurements.record("m", "cpu", {"cpu": 500}, 0.5, 1000.0)
    measurements.record("m", "cuda:0", {"cpu": 100}, 2.5, 1001.0)
    measurements.record("m", "cuda:0", {"cuda:0": 400}, 2.5, 1002.0)
    again = Measurements(path)
    assert again.of("m", "cpu").peak_bytes_by_device == {"cpu": 500}
    assert again.of("m", "cuda:0").peak_bytes_by_device == {"cpu": 100, "cuda:0": 400}
    assert again.of("m", "cuda:0").measured_unix_seconds == 1002.0
    assert again.of("m", "cuda:1") is None


def test_a_slower_load_is_news_too():
    measurements = Measurements(None)
    measurements.record("m", "cpu", {"cpu": 500}, 0.5, 1000.0)
    assert measurements.record("m", "cpu", {"cpu": 400}, 0.7, 1001.0)
    assert measurements.of("m", "cpu").load_seconds == 0.7
    assert measurements.of("m", "cpu").peak_bytes_by_device == {"cpu": 500}


def test_a_damaged_file_is_measured_anew(tmp_path):
    path = tmp_path / "measurements.json"
    for damaged in ("{broken", '{"m": {"peak_bytes_by_device": {"cpu": 1}, "load_seconds": 1, "measured_unix_seconds": 1}}'):
        path.write_text(damaged)
        assert Measurements(path).of("m", "cpu") is None


def test_without_a_file_it_is_kept_in_memory():
    measurements = Measurements(None)
    measurements.record("m", "cpu", {"cpu": 100}, 0.5, 1000.0)
    assert measurements.of("m", "cpu").peak_bytes_by_device == {"cpu": 100}


def test_the_peak_of_a_process_is_seen_and_a_dead_one_has_none():
    assert peak_resident_bytes(os.getpid()) > 10_000_000
    assert peak_resident_bytes(2**22 + 1) is None
