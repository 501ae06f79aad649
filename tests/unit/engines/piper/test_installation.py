from importlib.metadata import version

from voxhelm.engines.piper import installation


def test_the_version_is_that_of_the_package():
    assert installation.installed_version() == version("piper-tts")


def test_another_package_called_piper_does_not_count(monkeypatch):
    def missing(name):
        raise installation.PackageNotFoundError(name)

    monkeypatch.setattr(installation, "version", missing)
    assert installation.installed_version() is None


def test_without_onnx_runtime_it_is_of_no_use(monkeypatch):
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name == "onnxruntime" else object())
    assert installation.installed_version() is None
