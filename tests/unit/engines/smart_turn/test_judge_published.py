"""With the published network, where some package on this machine has brought it; nothing is fetched for it."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soxr

from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.flite.engine import ENGINE as FLITE
from voxhelm.engines.smart_turn.engine import ENGINE
from voxhelm.engines.smart_turn.installation import packaged_files

# What is said, and how many of its words are not yet a sentence.
SENTENCES = (
    ("I would like a table for two on Friday evening.", 8),
    ("Could you tell me when the next train to London leaves?", 7),
    ("My sister lives in a small village near the sea.", 6),
    ("Please turn the lights off in the kitchen.", 7),
    ("I have three cats and a dog.", 6),
)
PAUSE_SECONDS = 0.2


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    beside = Path(sys.prefix, "clients").glob(
        "pipecat-*/lib/python*/site-packages/pipecat/audio/turn/smart_turn/data/smart-turn-*.onnx"
    )
    files = (*packaged_files(), *beside)
    if not files:
        pytest.skip("no package here brings Smart Turn: uv pip install --no-deps pipecat-ai")
    models = tmp_path_factory.mktemp("models")
    (models / files[0].name).symlink_to(files[0])
    with ENGINE.load(ENGINE.discover(models)[0], Placement()) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def speaker():
    specs = FLITE.discover(Path("nowhere"))
    if not specs:
        pytest.skip("Flite is not installed")
    with FLITE.load(specs[0], Placement()) as loaded:
        yield loaded


def paused(sound, rate_hz):
    """At 16 kHz, with the pause after which a turn is judged, in a room that is not quite silent."""
    room = np.random.default_rng(1).standard_normal(round(PAUSE_SECONDS * 16_000)) * 12
    return Pcm(np.concatenate((soxr.resample(sound.astype(np.float32), rate_hz, 16_000), room)).astype(np.int16), 16_000)


@pytest.mark.parametrize("voice", ["slt", "rms"])
def test_whole_sentences_are_told_from_the_same_cut_in_the_middle(judge, speaker, voice):
    whole, cut = [], []
    for text, words_kept in SENTENCES:
        said = list(speaker.synthesize(text, SynthesizeOptions(voice)))
        sound, rate_hz = np.concatenate([piece.pcm.samples for piece in said]), said[0].pcm.rate_hz
        words = [word for piece in said for word in piece.words]
        end = round(words[words_kept - 1].end_seconds * rate_hz)
        for found, part in ((whole, sound), (cut, sound[:end])):
            (guess,) = judge.judge(iter([paused(part, rate_hz)]))
            found.append(guess.probability)
    assert all(finished > broken_off for finished, broken_off in zip(whole, cut, strict=True))
    assert np.mean(whole) > np.mean(cut) + 0.3
