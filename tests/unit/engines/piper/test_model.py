from itertools import pairwise

import numpy as np
import pytest

from voxhelm.domain.errors import ParameterInvalid, VoiceNotFound
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.engines.piper.engine import ENGINE
from voxhelm.testing.models.piper_voice import FRAMES_PER_PHONEME, SAMPLES_PER_FRAME

TEXT = "The small boat drifts slowly down the river."


def joined(pieces):
    return np.concatenate([piece.pcm.samples for piece in pieces])


def loudest_hz(pieces):
    samples = joined(pieces).astype(float)
    return np.fft.rfftfreq(len(samples), 1 / pieces[0].pcm.rate_hz)[np.abs(np.fft.rfft(samples)).argmax()]


def words_of(pieces):
    return [word for piece in pieces for word in piece.words]


def seconds(pieces):
    return sum(piece.pcm.duration_seconds for piece in pieces)


def test_each_speaker_has_a_voice_and_the_file_is_its_first(load):
    with load("en_GB-three-medium") as model:
        heard = {
            voice: round(loudest_hz(list(model.synthesize(TEXT, SynthesizeOptions(voice)))))
            for voice in ("en_GB-three-medium", "speaker_0", "speaker_1", "SPEAKER_2")
        }
    # Each speaker of the test's voice hums one period more in 256 samples.
    assert heard == pytest.approx({"en_GB-three-medium": 172, "speaker_0": 172, "speaker_1": 258, "SPEAKER_2": 345}, abs=1)


def test_a_description_may_prefer_a_speaker(models, tmp_path):
    folder = models / "piper" / "en_GB-three-medium"
    path = tmp_path / "en_GB-three-medium.onnx"
    path.write_bytes((folder / path.name).read_bytes())
    text = (folder / f"{path.name}.json").read_text().replace('"num_speakers"', '"default_speaker_id": 2, "num_speakers"')
    path.with_name(path.name + ".json").write_text(text)
    (spec,) = ENGINE.discover(tmp_path)
    with ENGINE.load(spec, Placement()) as model:
        assert loudest_hz(list(model.synthesize(TEXT, SynthesizeOptions(spec.id)))) == pytest.approx(345, abs=1)


def test_an_unknown_voice_and_an_impossible_speed_are_refused_at_once(load):
    with load("en_US-null-medium") as model:
        with pytest.raises(VoiceNotFound, match="nobody"):
            model.synthesize(TEXT, SynthesizeOptions("nobody"))
        with pytest.raises(ParameterInvalid, match="speed"):
            model.synthesize(TEXT, SynthesizeOptions("en_US-null-medium", speed=5))


def test_a_voice_that_reads_letters_says_each_and_tells_the_words(load):
    with load("bg_BG-null-x_low") as model:
        pieces = list(model.synthesize("Добър ден, свят!".lower(), SynthesizeOptions("bg_BG-null-x_low")))
    assert {piece.pcm.rate_hz for piece in pieces} == {16_000}
    assert [(word.text, word.text_offset) for word in words_of(pieces)] == [("добър", 0), ("ден", 6), ("свят", 11)]
    letter_seconds = FRAMES_PER_PHONEME * SAMPLES_PER_FRAME / 16_000
    assert [(word.end_seconds - word.start_seconds) / letter_seconds for word in words_of(pieces)] == pytest.approx([5, 3, 4])


def test_scales_of_the_operator_replace_those_of_the_voice(specs):
    spec = specs["en_US-null-medium"]
    slow = type(spec)(spec.id, spec.engine, spec.capability, spec.languages, spec.path, {"length_scale": "2", "threads": "1"})
    lengths = []
    for one in (spec, slow):
        with ENGINE.load(one, Placement()) as model:
            lengths.append(seconds(list(model.synthesize(TEXT, SynthesizeOptions(spec.id)))))
    assert lengths[1] == pytest.approx(2 * lengths[0])


def test_phonemes_in_brackets_are_text_like_any_other(load):
    with load("en_US-null-medium") as model:
        bracketed = list(model.synthesize("See [[wiki link]] here.", SynthesizeOptions("en_US-null-medium")))
        plain = list(model.synthesize("See   wiki link   here.", SynthesizeOptions("en_US-null-medium")))
    assert np.array_equal(joined(bracketed), joined(plain))
    assert [(word.text, word.text_offset) for word in words_of(bracketed)] == [("See", 0), ("wiki", 6), ("link", 11), ("here", 18)]


def test_nothing_to_say_has_no_sound(load):
    with load("en_US-null-medium") as model:
        assert list(model.synthesize("?! — ; ?", SynthesizeOptions("en_US-null-medium"))) == []


def test_a_voice_that_keeps_its_durations_to_itself_tells_no_words(voice_path):
    import onnx

    network = onnx.load(voice_path)
    for node in network.graph.node:
        if node.op_type == "Ceil":
            node.op_type = "Round"
    onnx.save(network, voice_path)
    (spec,) = ENGINE.discover(voice_path.parent)
    with ENGINE.load(spec, Placement()) as model:
        pieces = list(model.synthesize(TEXT, SynthesizeOptions(spec.id)))
    assert seconds(pieces) > 1
    assert words_of(pieces) == []


def test_a_sentence_without_end_is_said_in_parts_and_its_words_keep_their_places(load):
    text = " ".join(f"word{number}" for number in range(120))
    with load("en_US-null-medium") as model:
        pieces = list(model.synthesize(text, SynthesizeOptions("en_US-null-medium")))
    words = words_of(pieces)
    assert [word.text for word in words] == text.split()
    assert all(text.startswith(word.text, word.text_offset) for word in words)
    assert all(one.end_seconds <= following.start_seconds for one, following in pairwise(words))
    assert words[-1].end_seconds <= seconds(pieces) + 1e-6


def test_words_that_nobody_wants_are_not_looked_for(load):
    with load("en_GB-three-medium") as model:
        sound = [
            list(model.synthesize(TEXT, SynthesizeOptions("en_GB-three-medium", word_times=wanted))) for wanted in (True, False)
        ]
    assert words_of(sound[0])
    assert not words_of(sound[1])
    assert seconds(sound[0]) == seconds(sound[1])


def test_sounds_that_are_given_are_said_and_the_words_stay_the_callers(load):
    text = "A tomato, not a tomato."
    given = (Pronunciation(2, 8, "tə mˈɑːtoʊ"), Pronunciation(16, 22, "tˈoʊ"))
    with load("en_US-null-medium") as model:
        plain = list(model.synthesize(text, SynthesizeOptions("en_US-null-medium")))
        told = list(model.synthesize(text, SynthesizeOptions("en_US-null-medium", pronunciations=given)))
    assert [(word.text, word.text_offset) for word in words_of(told)] == [(word.text, word.text_offset) for word in words_of(plain)]
    # Every phoneme takes the same time: the second one has four where it had eight.
    lengths = [word.end_seconds - word.start_seconds for word in words_of(told)]
    assert lengths[4] < 0.7 * lengths[1]


def test_brackets_in_a_text_are_no_sounds(load):
    with load("en_US-null-medium") as model:
        for given in ((), (Pronunciation(0, 1, "ˈeɪ"),)):
            pieces = list(model.synthesize("A [[tˈoʊ]] b", SynthesizeOptions("en_US-null-medium", pronunciations=given)))
            assert words_of(pieces)[0].text == "A"
            assert len(words_of(pieces)) == 3
