"""What one engine says, another hears."""

import re

import jiwer
import numpy as np
import pytest
import soxr

from tests.contracts.conftest import CLIPS, installed_model
from tests.contracts.ways import inline
from voxhelm.domain.model import Capability
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.flite.engine import ENGINE as FLITE
from voxhelm.engines.pocketsphinx.engine import ENGINE as POCKETSPHINX


@pytest.fixture(scope="module")
def flite(tmp_path_factory):
    spec = installed_model(FLITE, Capability.SPEECH, tmp_path_factory.mktemp("models"))
    with inline("voxhelm.engines.flite.engine:ENGINE", spec) as model:
        yield model


@pytest.fixture(scope="module")
def pocketsphinx(tmp_path_factory):
    spec = installed_model(POCKETSPHINX, Capability.TRANSCRIPTION, tmp_path_factory.mktemp("models"))
    with inline("voxhelm.engines.pocketsphinx.engine:ENGINE", spec) as model:
        yield model


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def test_what_flite_says_pocketsphinx_hears(flite, pocketsphinx):
    texts = [path.with_suffix(".txt").read_text(encoding="utf-8").strip() for path in CLIPS]
    heard = []
    for text in texts:
        pieces = [piece.pcm for piece in flite.synthesize(text, SynthesizeOptions("slt"))]
        sound = soxr.resample(np.concatenate([pcm.samples for pcm in pieces]), pieces[0].rate_hz, 16_000)
        segments = pocketsphinx.transcribe(iter([Pcm(sound, 16_000)]), TranscribeOptions(language="en"))
        heard.append(plain(" ".join(segment.text for segment in segments)))
    assert jiwer.wer([plain(text) for text in texts], heard) < 0.1
