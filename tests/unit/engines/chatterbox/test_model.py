import os
import sys

import numpy as np
import pytest

from tests.chatterbox_models import write_chatterbox, write_recording
from voxhelm.domain.errors import EngineFailed, LanguageUnsupported, OutOfMemory, VoiceNotFound
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.chatterbox.engine import ENGINE

RATE_HZ = 24_000


def pitch_hz(samples):
    return np.argmax(np.abs(np.fft.rfft(samples.astype(float)))) * RATE_HZ / len(samples)


@pytest.mark.parametrize("variant", ["english", "turbo", "multilingual"])
def test_a_model_speaks_with_its_own_voice_and_with_recordings(say, variant):
    text = "The rain had stopped at last."
    assert pitch_hz(say(text, f"cb-{variant}", variant)) == pytest.approx(200, abs=2)
    assert pitch_hz(say(text, "Anna", variant)) == pytest.approx(300, abs=2)
    assert pitch_hz(say(text, "boris", variant)) == pytest.approx(400, abs=2)


def test_a_reference_is_spoken_with_whatever_the_voice_is_called(standin, specs, tmp_path):
    sample = tmp_path / ("ab" * 32)
    write_recording(tmp_path / "sample.wav", 250)
    (tmp_path / "sample.wav").rename(sample)
    with ENGINE.load(specs["english"], Placement()) as model:
        options = SynthesizeOptions("voice_0123", reference=sample)
        samples = np.concatenate([one.pcm.samples for one in model.synthesize("The rain had stopped at last.", options)])
    assert pitch_hz(samples) == pytest.approx(250, abs=2)


@pytest.mark.parametrize("voice", ["Carla", "", "../voices/Anna", "/etc/passwd", "Anna.wav", "..", "voices/Anna"])
def test_a_name_that_is_no_voice_is_refused_and_opens_nothing(say, voice, monkeypatch):
    with pytest.raises(VoiceNotFound):
        say("Hello.", voice)


def test_a_language_is_passed_on(say):
    text = "Der Regen hat aufgehört."
    assert pitch_hz(say(text, "Anna", "multilingual", language="de")) == pytest.approx(350, abs=2)
    assert pitch_hz(say("Дождь кончился.", "Anna", "multilingual", language="ru")) == pytest.approx(450, abs=2)


@pytest.mark.parametrize(
    ("text", "variant", "language"),
    [
        ("Дъждът спря.", "multilingual", "bg"),
        ("Дъждът спря.", "multilingual", "en"),
        ("Дъждът спря.", "english", None),
        ("Der Regen hat aufgehört.", "turbo", "de"),
    ],
)
def test_what_it_does_not_speak_is_refused_at_once(say, text, variant, language):
    with pytest.raises(LanguageUnsupported, match="Chatterbox does not speak"):
        say(text, "Anna", variant, language)


def test_a_voice_is_learnt_once_until_its_recording_changes(standin, specs, tmp_path):
    folder = write_chatterbox(tmp_path / "own")
    file = write_recording(folder / "voices" / "Dora.wav", 500)
    (spec,) = ENGINE.discover(tmp_path)
    with ENGINE.load(spec, Placement()) as model:

        def said():
            pieces = [one.pcm.samples for one in model.synthesize("Good morning. Good evening.", SynthesizeOptions("Dora"))]
            return pitch_hz(np.concatenate(pieces))

        assert [said(), said()] == pytest.approx([500, 500], abs=2)
        assert model._runtime._model.learnt == 1
        write_recording(file, 600)
        os.utime(file, ns=(1, 1))
        assert said() == pytest.approx(600, abs=2)
        assert model._runtime._model.learnt == 2
        file.unlink()
        with pytest.raises(VoiceNotFound, match="gone"):
            said()


def test_a_recording_that_came_later_is_a_voice(standin, tmp_path):
    folder = write_chatterbox(tmp_path / "own")
    (spec,) = ENGINE.discover(tmp_path)
    with ENGINE.load(spec, Placement()) as model:
        with pytest.raises(VoiceNotFound):
            model.synthesize("Hello.", SynthesizeOptions("Emil"))
        write_recording(folder / "reference_audio" / "Emil.wav", 500)
        assert list(model.synthesize("Hello.", SynthesizeOptions("Emil")))


def test_a_recording_that_cannot_be_used_is_named(standin, tmp_path):
    folder = write_chatterbox(tmp_path / "own")
    write_recording(folder / "voices" / "Short.wav", 500, seconds=1.0)
    (spec,) = ENGINE.discover(tmp_path)
    with ENGINE.load(spec, Placement()) as model, pytest.raises(EngineFailed, match=r"Short\.wav.*longer than 5 seconds"):
        list(model.synthesize("Hello.", SynthesizeOptions("Short")))


def test_sound_comes_after_the_first_sentence_and_stops_with_its_reader(standin, specs):
    with ENGINE.load(specs["english"], Placement()) as model:
        said = []
        network = model._runtime._model.t3
        inference = network.inference
        network.inference = lambda text: said.append(text) or inference(text)
        stream = model.synthesize("One is first. Two is second. Three is third.", SynthesizeOptions("Anna"))
        next(stream)
        assert said == ["One is first."]
        stream.close()
        assert said == ["One is first."]
        assert len(list(model.synthesize("Four.", SynthesizeOptions("Anna")))) == 1


@pytest.mark.parametrize(("language", "letters"), [("en", 240), ("zh", 80)])
def test_no_sentence_is_longer_than_the_network_can_say(standin, specs, language, letters):
    text = ("下雨天路上没有人" if language == "zh" else "rain and more ") * 100
    with ENGINE.load(specs["multilingual"], Placement()) as model:
        said = []
        inference = model._runtime._model.t3.inference
        model._runtime._model.t3.inference = lambda one: said.append(one) or inference(one)
        list(model.synthesize(text, SynthesizeOptions("Anna", language=language)))
    assert max(map(len, said)) <= letters
    assert "".join("".join(said).split()) == "".join(text.split())


def test_a_seed_makes_each_sentence_the_same_again(say):
    say("One. Two. Three.", "Anna", seed="7")
    assert sys.modules["torch"].seeds == [7, 8, 9]
    say("One. Two.", "Anna")
    assert sys.modules["torch"].seeds == [7, 8, 9]


def test_numbers_of_the_operator_replace_the_authors(say):
    loud, usual = say("Hello there.", "Anna", temperature="1.6"), say("Hello there.", "Anna")
    assert np.abs(loud).max() == pytest.approx(2 * np.abs(usual).max(), rel=0.01)
    # The lighter model knows nothing of exaggeration, and is not told of it.
    assert len(say("Hello there.", "Anna", "turbo", exaggeration="1.5", min_p="0.1"))


def test_out_of_memory_in_a_sentence_is_called_that(say):
    with pytest.raises(OutOfMemory):
        say("It is out of memory.", "Anna")


def test_a_text_without_a_word_has_no_sound(say):
    assert len(say("?! ...", "Anna")) == 0
