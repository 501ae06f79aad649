import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.chatterbox_models import write_chatterbox, write_recording
from tests.own_interpreter import STANDIN
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.chatterbox.engine import ENGINE
from voxhelm.engines.chatterbox.variants import ENGLISH, MULTILINGUAL, TURBO


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """One model of each variant, and two recordings that belong to all of them."""
    directory = tmp_path_factory.mktemp("models")
    for variant in (ENGLISH, TURBO, MULTILINGUAL):
        write_chatterbox(directory / "chatterbox" / f"cb-{variant.name}", variant)
    write_recording(directory / "chatterbox" / "voices" / "Anna.wav", 300)
    write_recording(directory / "chatterbox" / "reference_audio" / "Boris.wav", 400)
    return directory


@pytest.fixture(scope="session")
def specs(models):
    """By the variant's name."""
    return {spec.settings["variant"]: spec for spec in ENGINE.discover(models)}


@pytest.fixture
def standin(monkeypatch):
    """What stands in for Chatterbox and PyTorch, for one test in this interpreter, where neither can be imported otherwise."""
    monkeypatch.syspath_prepend(STANDIN)
    kept = dict(sys.modules)
    environment = {}
    monkeypatch.setattr("os.environ", environment)
    yield environment
    for name in set(sys.modules) - set(kept):
        if name.partition(".")[0] in ("torch", "chatterbox", "spacy_pkuseg"):
            del sys.modules[name]


@pytest.fixture
def say(specs, standin):
    """Says a text with a model of a variant, loaded for it; the sound as numbers."""

    def said(text, voice, variant="english", language=None, **settings):
        spec = specs[variant]
        wanted = replace(spec, settings={**settings, **spec.settings})
        with ENGINE.load(wanted, Placement()) as model:
            pieces = [one.pcm.samples for one in model.synthesize(text, SynthesizeOptions(voice, language=language))]
        return np.concatenate([np.zeros(0, np.int16), *pieces])

    return said
