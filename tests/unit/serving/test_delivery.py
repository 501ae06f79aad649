import numpy as np
import pytest

from voxhelm.audio.loudness import Loudness
from voxhelm.catalog.voices import ChosenVoice
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.voice import Voice
from voxhelm.domain.word import Word
from voxhelm.serving.casting import Line
from voxhelm.serving.delivery import Delivery, Rest, Said
from voxhelm.serving.levels import TARGET_LUFS, Levels
from voxhelm.serving.timeline import Timeline
from voxhelm.text.part import Style
from voxhelm.text.passage import Passage

RATE_HZ = 22_050


def line(text="One two.", sentence=0, model="loud", gain=1.0, silence_seconds=0.5, pauses=False):
    spec = ModelSpec(model, "fake", Capability.SPEECH, ("en",))
    chosen = ChosenVoice(spec, Voice("v", "V", ("en",)), "en")
    return Line(Passage.of(text), chosen, Style(gain=gain), "en", sentence, silence_seconds, pauses)


def voice(seconds, size, lead_seconds=0.2, tail_seconds=0.3, rate_hz=RATE_HZ):
    """Something like speech: syllables of noise and tone, with silence around it."""
    count = round(seconds * rate_hz)
    wave = np.cos(2 * np.pi * 180 * np.arange(count) / rate_hz) + np.random.default_rng(1).normal(0, 0.2, count)
    wave *= size * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(count) / rate_hz))
    silence = [np.zeros(round(one * rate_hz)) for one in (lead_seconds, tail_seconds)]
    return np.concatenate([silence[0], wave, silence[1]]).astype(np.int16)


def said(one, samples, *words, rate_hz=RATE_HZ, pieces=4):
    parts = np.array_split(samples, pieces)
    speeches = [Speech(Pcm(part, rate_hz), words if number == pieces - 1 else ()) for number, part in enumerate(parts)]
    return [*[Said(one, speech) for speech in speeches], Said(one, None)]


def delivered(delivery, *batches):
    pieces = [pcm for batch in batches for pcm in delivery.deliver(batch)]
    return np.concatenate([pcm.samples for pcm in pieces])


def test_lines_follow_each_other_at_the_distance_that_the_text_wants():
    sound = delivered(Delivery(None, None), said(line(), voice(1.0, 8_000)), said(line(sentence=1), voice(1.0, 8_000)))
    # The first has nothing before it; every line keeps 0.03 s before it and 0.08 s behind it.
    assert len(sound) / RATE_HZ == pytest.approx(2.0 + 2 * 0.11 + 0.5, abs=0.01)


def test_a_pause_that_was_asked_for_is_there_before_the_first_line_and_after_the_last():
    sound = delivered(Delivery(None, None), said(line(silence_seconds=2.0, pauses=True), voice(1.0, 8_000)), [Rest(3.0)])
    assert len(sound) / RATE_HZ == pytest.approx(1.11 + 5.0, abs=0.01)


def test_words_count_from_the_beginning_of_the_delivered_sound():
    timeline = Timeline()
    delivery = Delivery(None, timeline)
    words = (Word("One", 0.2, 0.6, None, 0), Word("two", 0.6, 1.2, None, 4))
    sound = delivered(delivery, said(line(), voice(1.0, 8_000), *words), said(line(sentence=1), voice(1.0, 8_000), *words))
    begins = [word.start_seconds for word in timeline.take()]
    assert begins == pytest.approx([0.03, 0.43, 1.64, 2.04], abs=0.01)
    loud = np.abs(sound) > 500
    assert loud[round(1.66 * RATE_HZ) :].argmax() < 0.03 * RATE_HZ
    assert not loud[round(1.15 * RATE_HZ) : round(1.6 * RATE_HZ)].any()
    assert [segment.text for segment in timeline.segments()] == ["One two.", "One two."]


def test_an_engine_without_times_gets_estimates_within_its_sound():
    timeline = Timeline()
    sound = delivered(Delivery(None, timeline), said(line(), voice(1.0, 8_000)))
    words = timeline.take()
    assert all(word.estimated for word in words)
    assert words[0].start_seconds == 0
    assert words[-1].end_seconds == pytest.approx(len(sound) / RATE_HZ)


def test_two_engines_that_differ_in_loudness_do_not_when_they_have_been_delivered():
    levels = Levels()
    loud, soft = voice(3.0, 14_000), voice(3.0, 1_400)

    def lufs(samples, rate_hz=RATE_HZ):
        loudness = Loudness(rate_hz)
        loudness.push(samples)
        return loudness.lufs

    assert lufs(loud) - lufs(soft) > 15
    first = delivered(Delivery(levels, None), said(line(), loud))
    second = delivered(Delivery(levels, None), said(line(model="soft"), soft))
    assert abs(lufs(first) - lufs(second)) < 1.5
    assert lufs(first) == pytest.approx(TARGET_LUFS, abs=1.5)


def test_a_voice_keeps_its_gain_from_line_to_line():
    levels = Levels()
    delivery = Delivery(levels, None)
    out = [delivered(delivery, said(line(sentence=number, silence_seconds=0.0), voice(2.0, 1_500))) for number in range(10)]
    peaks = [np.abs(one.astype(int)).max() for one in out]
    assert max(peaks) / min(peaks) < 1.13
    assert levels.gain("loud", "v") == pytest.approx(peaks[-1] / np.abs(voice(2.0, 1_500).astype(int)).max(), rel=0.01)


def test_volume_is_on_top_of_that():
    plain = delivered(Delivery(None, None), said(line(), voice(1.0, 8_000)))
    softer = delivered(Delivery(None, None), said(line(gain=0.25), voice(1.0, 8_000)))
    assert np.abs(softer).max() == pytest.approx(np.abs(plain).max() / 4, abs=1)


def test_without_levels_samples_stay_as_they_are():
    sound = voice(1.0, 8_000, lead_seconds=0.0, tail_seconds=0.0)
    out = delivered(Delivery(None, None), said(line(), sound))
    assert np.array_equal(out[200:-200], sound[200:-200])


def test_a_line_without_any_sound_is_none():
    assert Delivery(Levels(), Timeline()).deliver([Said(line(), None)]) == []
    silent = Delivery(None, Timeline()).deliver(said(line(), np.zeros(10_000, dtype=np.int16)))
    assert silent == []
