import numpy as np
import pytest

from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.kokoro.engine import ENGINE
from voxhelm.testing.models.kokoro import write_kokoro


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    directory = tmp_path_factory.mktemp("models")
    write_kokoro(directory)
    return directory


@pytest.fixture(scope="session")
def spec(models):
    (found,) = ENGINE.discover(models)
    return found


@pytest.fixture(scope="module")
def model(spec):
    with ENGINE.load(spec, Placement()) as loaded:
        yield loaded


@pytest.fixture
def say(model):
    def said(text, voice="af_heart", speed=1.0):
        pieces = [speech.pcm.samples for speech in model.synthesize(text, SynthesizeOptions(voice, speed))]
        return np.concatenate([np.zeros(0, np.int16), *pieces])

    return said
