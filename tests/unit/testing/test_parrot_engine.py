import numpy as np
import pytest

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.testing.parrot_engine import ENGINE, RATE_HZ, heard, spoken


def loaded(model_id, mood_file):
    (spec,) = [one for one in ENGINE.discover(mood_file) if one.id == model_id]
    spec = type(spec)(spec.id, spec.engine, spec.capability, spec.languages, settings={"mood_file": str(mood_file)})
    return ENGINE.load(spec, Placement())


@pytest.mark.parametrize("text", ["Добър ден.", "Good day.", "x"])
def test_what_is_said_is_in_the_sound_however_loud_it_is(text):
    assert heard(spoken(text)) == text
    assert heard((spoken(text) * 0.1).astype(np.int16)) == text


def test_an_ear_hears_each_line(tmp_path):
    silence = np.zeros(1_000, np.int16)
    sound = np.concatenate([silence, spoken("Добър ден."), silence, spoken("Good day."), silence])
    with loaded("ear-a", tmp_path / "mood") as ear:
        found = list(ear.transcribe(iter([Pcm(sound, RATE_HZ)]), TranscribeOptions()))
    assert [segment.text for segment in found] == ["Добър ден.", "Good day."]


def test_a_parrot_that_mumbles_loses_its_first_sound(tmp_path):
    mood = tmp_path / "mood"
    mood.write_text("mumble")
    with loaded("parrot-a", mood) as parrot:
        (speech,) = parrot.synthesize("Добър ден", SynthesizeOptions("parrot-a-bg"))
        mood.write_text("fail")
        with pytest.raises(EngineFailed):
            next(parrot.synthesize("Добър ден", SynthesizeOptions("parrot-a-bg")))
    assert heard(speech.pcm.samples) == "обърден"


def test_one_that_refuses_is_not_loaded(tmp_path):
    (tmp_path / "mood").write_text("refuse")
    with pytest.raises(ModelLoadFailed), loaded("parrot-a", tmp_path / "mood"):
        pass
