"""What is trained is what CTranslate2 runs."""

import numpy as np
import pytest

pytest.importorskip("autograd")
pytest.importorskip("ctranslate2")
import ctranslate2

from scripts.digit_whisper.export import write_model
from scripts.digit_whisper.lessons import Vocabulary
from scripts.digit_whisper.network import MELS, POSITIONS, Padding, Shape, decoded, encoded, initial, sinusoids
from scripts.digit_whisper.operations import softmax

SHAPE = Shape()
FRAMES = 120
VOCABULARY = Vocabulary()


@pytest.fixture(scope="module")
def weights():
    random = np.random.default_rng(5)
    made = initial(SHAPE, len(VOCABULARY.tokens), VOCABULARY.moments, random)
    # Nothing that a mistake could hide behind: no ones, no zeros.
    return {name: (weight + 0.1 * random.standard_normal(weight.shape)).astype(np.float32) for name, weight in made.items()}


@pytest.fixture(scope="module")
def features():
    """Two windows of noise, the end of each silent."""
    made = np.random.default_rng(6).standard_normal((2, FRAMES, MELS)).astype(np.float32)
    made[:, -8:] = -0.7
    return made


@pytest.fixture(scope="module")
def library(weights, tmp_path_factory):
    folder = write_model(tmp_path_factory.mktemp("model"), weights, SHAPE, VOCABULARY.tokens)
    return ctranslate2.models.Whisper(str(folder), compute_type="float32")


@pytest.fixture(scope="module")
def half_a_minute(features):
    padded = np.pad(features, ((0, 0), (0, 2 * POSITIONS - FRAMES), (0, 0)), mode="edge")
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(padded.transpose(0, 2, 1)))


def all_of_the_padding():
    behind = np.arange(FRAMES // 2, POSITIONS)
    return Padding(behind, 0.0)


def test_the_encoder_is_the_librarys(weights, features, library, half_a_minute):
    theirs = np.array(library.encode(half_a_minute))
    ours = encoded(weights, SHAPE, features, all_of_the_padding())
    # Behind the very last position the library sees zeros and we see silence.
    assert ours[:, :-1] == pytest.approx(theirs[:, :-1], abs=0.02)


def test_the_decoder_is_the_librarys(weights, features, library, half_a_minute):
    words = [[VOCABULARY.first_digit + digit for digit in digits] for digits in ((4, 7, 1), (0, 0, 9))]
    answers = library.align(half_a_minute, [VOCABULARY.start], words, FRAMES)
    padding = all_of_the_padding()
    tokens = np.array([[VOCABULARY.start, VOCABULARY.no_timestamps, *said] for said in words])
    logits, _ = decoded(weights, SHAPE, tokens, encoded(weights, SHAPE, features, padding), padding)
    probabilities = softmax(logits[..., : VOCABULARY.end])  # the library leaves the others out
    for index, said in enumerate(words):
        ours = [probabilities[index, at + 1, word] for at, word in enumerate(said)]
        assert ours == pytest.approx(answers[index].text_token_probs[: len(said)], rel=0.05)


def test_a_sample_of_the_padding_does_for_all_of_it(weights, features):
    sample = Padding.sample(FRAMES // 2, 64, np.random.default_rng(1))
    some, whole = (encoded(weights, SHAPE, features, padding) for padding in (sample, all_of_the_padding()))
    sound = slice(0, FRAMES // 2)
    spread = whole[:, sound].std()
    assert np.abs(some[:, sound] - whole[:, sound]).mean() < 0.1 * spread


def test_positions_are_told_by_sines_and_cosines():
    places = sinusoids(64)
    assert places.shape == (POSITIONS, 64)
    assert places[0].tolist() == [0.0] * 32 + [1.0] * 32
    assert places[3, 0] == pytest.approx(np.sin(3))
