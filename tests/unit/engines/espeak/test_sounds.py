import numpy as np
import pytest

from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.engines.espeak.engine import ENGINE, MODEL_ID
from voxhelm.engines.espeak.installation import find_installation
from voxhelm.engines.espeak.sounds import PhonemeTables
from voxhelm.engines.espeak.voices import VoiceFiles


@pytest.fixture(scope="module")
def tables():
    return PhonemeTables(find_installation().data)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    (spec,) = ENGINE.discover(tmp_path_factory.mktemp("models"))
    assert spec.id == MODEL_ID
    with ENGINE.load(spec, Placement()) as one:
        yield one


@pytest.mark.parametrize(
    ("ipa", "voice", "notation"),
    [
        ("həlˈoʊ", "gmw/en-US", "h@l'oU"),
        ("ˈtʃɜːtʃ", "gmw/en-US", "'tS3:tS"),
        ("həlˈoʊ", "gmw/en-US+f3", "h@l'oU"),
        ("ˈtʃɐs", "zls/bg", "'tSa#s"),
        ("ʘ", "gmw/en-US", None),
        ("θ", "zls/bg", "T"),
    ],
)
def test_ipa_becomes_the_names_that_a_language_has(tables, ipa, voice, notation):
    assert tables.notation(ipa, voice) == notation


def test_the_sounds_of_every_language_can_be_read(tables):
    """Each has at least the consonants that nearly all have."""
    for language in VoiceFiles(find_installation().data).languages:
        assert tables.notation("mˈanas", language.path) is not None, language.path


def seconds(model, text, *given, voice="en-us"):
    pieces = list(model.synthesize(text, SynthesizeOptions(voice, pronunciations=given)))
    return sum(piece.pcm.duration_seconds for piece in pieces), [word for piece in pieces for word in piece.words]


def test_the_sounds_are_those_of_the_word_that_has_them(model):
    word, _ = seconds(model, "hello")
    given, words = seconds(model, "X", Pronunciation(0, 1, "həlˈoʊ"))
    assert given == pytest.approx(word, abs=0.03)
    assert [(one.text, one.text_offset) for one in words] == [("X", 0)]


def test_words_keep_their_places_around_given_sounds(model):
    text = "One tomato, two tomato."
    _, words = seconds(model, text, Pronunciation(4, 10, "təˈmɑːtoʊ"), Pronunciation(16, 22, "tˈoʊ"))
    assert [(one.text, one.text_offset) for one in words] == [("One", 0), ("tomato", 4), ("two", 12), ("tomato", 16)]
    assert words[3].end_seconds - words[3].start_seconds < words[1].end_seconds - words[1].start_seconds


def test_sounds_that_the_language_lacks_leave_the_word(model):
    plain, _ = seconds(model, "hello world")
    assert seconds(model, "hello world", Pronunciation(0, 5, "ʘʘʘ"))[0] == pytest.approx(plain, abs=0.02)


def test_brackets_in_a_text_are_read_and_no_sounds(model):
    text = "see [[h@l'oU]] there"
    with_sounds, _ = seconds(model, text, Pronunciation(0, 3, "sˈiː"))
    hidden, _ = seconds(model, "see   h@l'oU   there")
    assert np.isclose(with_sounds, hidden, atol=0.25)
