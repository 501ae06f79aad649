import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from voxhelm.domain.errors import ModelLoadFailed, ParameterInvalid, ShuttingDown, VoiceNotFound
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.espeak import installation as installation_module
from voxhelm.engines.espeak.engine import ENGINE
from voxhelm.engines.espeak.installation import Installation, find_installation
from voxhelm.engines.espeak.voicebox import Order, open_voicebox

BULGARIAN = SynthesizeOptions("bg")
STORY = "Имало едно време един цар, който имал три дъщери. " * 60


@pytest.fixture
def spec():
    return ENGINE.discover(Path())[0]


@pytest.fixture
def model(spec):
    with ENGINE.load(spec, Placement()) as one:
        yield one


def seconds(pieces):
    return sum(piece.pcm.duration_seconds for piece in pieces)


def test_words_are_found_again_in_a_text_of_several_pieces(model):
    pieces = list(model.synthesize(STORY, BULGARIAN))
    words = [word for piece in pieces for word in piece.words]
    assert len(words) == len(STORY.split())
    assert all(STORY[word.text_offset :].startswith(word.text) for word in words)
    starts = [word.start_seconds for word in words if word.text == "Имало"]
    # The same sentence again and again: its beginnings are as far apart everywhere, across the cuts too.
    assert np.diff(starts) == pytest.approx(np.median(np.diff(starts)), abs=0.4)


@pytest.mark.parametrize("speed", [0.25, 4.0])
def test_times_are_those_of_the_sound_as_it_is_heard(model, speed):
    text = "Едно две три четири пет шест седем осем девет десет"
    natural = [word for piece in model.synthesize(text, BULGARIAN) for word in piece.words]
    pieces = list(model.synthesize(text, SynthesizeOptions("bg", speed)))
    changed = [word for piece in pieces for word in piece.words]
    assert [word.text for word in changed] == text.split()
    assert changed[-1].start_seconds == pytest.approx(natural[-1].start_seconds / speed, rel=0.15)
    assert changed[-1].end_seconds <= seconds(pieces) + 1e-6


def test_a_whispering_variant_has_no_tone(model):
    def tonality(voice):
        pieces = model.synthesize("мама мама мама", SynthesizeOptions(voice))
        sound = np.concatenate([piece.pcm.samples for piece in pieces]).astype(float)
        power = np.abs(np.fft.rfft(sound)) ** 2
        return np.exp(np.mean(np.log(power + 1))) / np.mean(power)

    assert tonality("bg+whisper") > 5 * tonality("bg")


def test_a_call_is_refused_before_it_is_iterated(model):
    with pytest.raises(VoiceNotFound):
        model.synthesize("Здравей", SynthesizeOptions("bg+nobody"))
    with pytest.raises(ParameterInvalid):
        model.synthesize("Здравей", SynthesizeOptions("bg", speed=9.0))


def test_a_half_surrogate_pair_is_not_said(model):
    assert seconds(model.synthesize("Здра\ud83dвей", BULGARIAN)) > 0.3


def test_what_waits_for_its_turn_ends_when_the_model_is_unloaded(spec, monkeypatch):
    installation = find_installation()
    assert installation is not None
    started, submitted, cancelled = threading.Event(), threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as callers:
        with open_voicebox(installation) as voicebox:
            whole_say, whole_submit = voicebox.library.say, voicebox._thread.submit

            def hold(*arguments, **named):
                started.set()
                assert cancelled.wait(20)
                whole_say(*arguments, **named)

            def submit(*arguments):
                work = whole_submit(*arguments)
                submitted.set()
                return work

            def wait_in_vain():
                try:
                    list(voicebox.say(Order("две", "zls/bg", 175, pause_after=False)))
                finally:
                    cancelled.set()

            voicebox.library.say = hold
            spoken = callers.submit(lambda: list(voicebox.say(Order("едно", "zls/bg", 175, pause_after=False))))
            assert started.wait(20)
            monkeypatch.setattr(voicebox._thread, "submit", submit)
            waiting = callers.submit(wait_in_vain)
            assert submitted.wait(20)
        assert spoken.result(20)
        with pytest.raises(ShuttingDown):
            waiting.result(20)
    with pytest.raises(ShuttingDown):
        next(voicebox.say(Order("три", "zls/bg", 175, pause_after=False)))


def test_a_model_outlives_another_of_the_same_process(spec, model):
    with ENGINE.load(spec, Placement()) as other:
        assert seconds(other.synthesize("Здравей", BULGARIAN)) > 0.3
    assert seconds(model.synthesize("Здравей", BULGARIAN)) > 0.3


def test_without_the_wheel_there_is_no_model_and_a_remedy(spec, monkeypatch, tmp_path):
    monkeypatch.setattr(installation_module.importlib.util, "find_spec", lambda _name: None)
    assert ENGINE.discover(tmp_path) == ()
    assert ENGINE.voices(spec) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert "espeakng-loader" in (finding.remedy or "")
    with pytest.raises(ModelLoadFailed), ENGINE.load(spec, Placement()):
        pass


def test_two_copies_of_the_library_are_refused_in_one_process(model, tmp_path):
    with pytest.raises(ModelLoadFailed, match="Another copy"), open_voicebox(Installation(tmp_path / "a", tmp_path / "b")):
        pass
