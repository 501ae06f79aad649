import numpy as np
import pytest

from voxhelm.domain.errors import ParameterInvalid, VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions

RATE_HZ = 24_000
PAUSE_SAMPLES = 6_000


def loudest_hz(samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[spectrum.argmax()])


def test_every_sentence_is_followed_by_a_pause(say):
    samples = say("Hello there. How are you?")
    assert not samples[-PAUSE_SAMPLES:].any()
    assert samples[: -PAUSE_SAMPLES - 1_000].any()


def test_a_mix_sounds_like_neither_of_its_parts(say):
    assert loudest_hz(say("Hello there.", "af_heart")) == pytest.approx(200, abs=5)
    assert loudest_hz(say("Hello there.", "am_adam")) == pytest.approx(400, abs=5)
    assert loudest_hz(say("Hello there.", "af_heart+am_adam")) == pytest.approx(300, abs=5)
    assert loudest_hz(say("Hello there.", "af_heart(3)+am_adam(1)")) == pytest.approx(250, abs=5)


@pytest.mark.parametrize("speed", [0.25, 4.0])
def test_stretching_keeps_the_pitch(say, speed):
    assert loudest_hz(say("Hello there, my old friend.", "af_heart", speed)) == pytest.approx(200, abs=5)


@pytest.mark.parametrize("speed", [0.2, 4.1, float("nan")])
def test_a_speed_out_of_range_is_refused_at_once(model, speed):
    with pytest.raises(ParameterInvalid):
        model.synthesize("Hello.", SynthesizeOptions("af_heart", speed))


def test_an_unknown_voice_is_refused_at_once(model):
    with pytest.raises(VoiceNotFound):
        model.synthesize("Hello.", SynthesizeOptions("nobody"))


def test_a_sentence_beyond_the_networks_limit_is_said_whole(say):
    word = "tomorrow and "
    once, often = len(say(word * 20)), len(say(word * 200))
    assert often == pytest.approx(10 * once, rel=0.1)


def test_every_language_speaks(say):
    for voice, text in {
        "bf_emma": "Hello.", "ef_dora": "Hola.", "ff_siwis": "Bonjour.", "jf_alpha": "こんにちは。", "zf_xiaobei": "你好。",
    }.items():  # fmt: skip
        assert say(text, voice).any()
