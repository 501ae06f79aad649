import importlib.util
import sys
from importlib.metadata import metadata

import pytest

from voxhelm.engines.whisper.installation import REMEDY, missing_packages


def test_nothing_is_missing_where_the_extra_is_installed():
    assert missing_packages() == ()


@pytest.mark.parametrize("name", ["faster_whisper", "ctranslate2", "tokenizers", "onnxruntime"])
def test_a_package_that_is_not_there_is_named(monkeypatch, name):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda asked: None if asked == name else find(asked))
    assert missing_packages() == (name,)


def test_looking_imports_nothing(monkeypatch):
    monkeypatch.delitem(sys.modules, "faster_whisper", raising=False)
    missing_packages()
    assert "faster_whisper" not in sys.modules


def test_the_remedy_is_an_extra_of_this_project():
    extra = REMEDY.partition("[")[2].partition("]")[0]
    assert extra in (metadata("voxhelm").get_all("Provides-Extra") or [])
