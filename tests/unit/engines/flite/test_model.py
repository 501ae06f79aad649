from pathlib import Path

import numpy as np
import pytest

from voxhelm.domain.errors import LanguageUnsupported, ParameterInvalid, VoiceNotFound
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.flite.engine import ENGINE
from voxhelm.engines.flite.installation import RECORDINGS

TEXT = "Hello there. It costs $3.50, i.e. 1234 (yes) “quoted” don’t, said Dr. Smith."


@pytest.fixture(scope="module")
def spec():
    found = ENGINE.discover(Path())
    if not found:
        pytest.skip("libflite is not on this machine (Debian: apt install libflite1)")
    return found[0]


@pytest.fixture(scope="module")
def model(spec):
    with ENGINE.load(spec, Placement()) as one:
        yield one


@pytest.fixture(params=RECORDINGS)
def voice(request, spec):
    if request.param not in {one.id for one in ENGINE.voices(spec)}:
        pytest.skip(f"the voice {request.param} is not on this machine")
    return request.param


def test_every_voice_speaks_at_its_rate_and_tells_its_words(model, voice):
    pieces = list(model.synthesize(TEXT, SynthesizeOptions(voice)))
    assert {piece.pcm.rate_hz for piece in pieces} == {RECORDINGS[voice].rate_hz}
    words = [word for piece in pieces for word in piece.words]
    expected = ["Hello", "there", "It", "costs", "$3.50", "i.e", "1234", "yes", "quoted", "don’t", "said", "Dr", "Smith"]
    assert [word.text for word in words] == expected
    assert all(TEXT[word.text_offset :].startswith(word.text) for word in words)
    number = words[expected.index("1234")]
    assert number.end_seconds - number.start_seconds > 1


def test_a_sentence_is_a_piece(model, voice):
    assert len(list(model.synthesize(TEXT, SynthesizeOptions(voice)))) == 2


def test_words_begin_where_the_sound_does(model, voice):
    (piece,) = model.synthesize("Stop.", SynthesizeOptions(voice))
    (word,) = piece.words
    loud = np.flatnonzero(np.abs(piece.pcm.samples.astype(int)) > 1500) / piece.pcm.rate_hz
    assert loud[0] == pytest.approx(word.start_seconds, abs=0.12)
    assert loud[-1] <= word.end_seconds + 0.12


def test_the_same_text_gives_the_same_samples(model, voice):
    def sound(text):
        return np.concatenate([piece.pcm.samples for piece in model.synthesize(text, SynthesizeOptions(voice))])

    first = sound(TEXT)
    sound("Something else.")
    assert np.array_equal(first, sound(TEXT))


def test_a_script_it_cannot_read_is_refused_rather_than_met_with_silence(model):
    with pytest.raises(LanguageUnsupported):
        model.synthesize("Здравей, свят!", SynthesizeOptions("slt"))


def test_a_word_of_another_script_is_passed_over(model):
    pieces = list(model.synthesize("Hello Здравей there", SynthesizeOptions("slt")))
    assert [word.text for piece in pieces for word in piece.words] == ["Hello", "there"]


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_nothing_to_say_has_no_sound(model, text):
    assert list(model.synthesize(text, SynthesizeOptions("slt"))) == []


def test_a_call_is_refused_before_it_is_iterated(model):
    with pytest.raises(VoiceNotFound, match="slt"):
        model.synthesize("Hello", SynthesizeOptions("nobody"))
    with pytest.raises(ParameterInvalid):
        model.synthesize("Hello", SynthesizeOptions("slt", speed=5.0))
