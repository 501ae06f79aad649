import os

from voxhelm.residency.measurements import Measurements, peak_resident_bytes


def test_peaks_only_grow_and_survive_a_restart(tmp_path):
    path = tmp_path / "state" / "measurements.json"
    first = Measurements(path)
    assert first.record("m", 100, 0.5, 1000.0)
    assert not first.record("m", 50, 0.5, 1001.0)
    assert first.record("m", 200, 0.5, 1002.0)
    again = Measurements(path).of("m")
    assert (again.peak_bytes_by_device, again.load_seconds, again.measured_unix_seconds) == ({"cpu": 200}, 0.5, 1002.0)


def test_a_damaged_file_is_measured_anew(tmp_path):
    path = tmp_path / "measurements.json"
    path.write_text("{broken")
    assert Measurements(path).of("m") is None


def test_without_a_file_it_is_kept_in_memory():
    measurements = Measurements(None)
    measurements.record("m", 100, 0.5, 1000.0)
    assert measurements.of("m").peak_bytes_by_device == {"cpu": 100}


def test_the_peak_of_a_process_is_seen_and_a_dead_one_has_none():
    assert peak_resident_bytes(os.getpid()) > 10_000_000
    assert peak_resident_bytes(2**22 + 1) is None
