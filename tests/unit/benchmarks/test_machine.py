from benchmarks import machine


def test_the_machine_is_described() -> None:
    hardware, software, day = machine.describe()
    assert "cores of" in hardware
    assert "GiB" in hardware
    assert "Python 3." in software
    assert "voxhelm " in software
    assert day.endswith("UTC")
