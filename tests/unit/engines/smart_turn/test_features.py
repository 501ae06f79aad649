import numpy as np
import pytest

from voxhelm.engines.smart_turn.features import BANDS, FRAMES, SAMPLE_RATE_HZ, SAMPLES, features

RNG = np.random.default_rng(7)


def tone(hertz, seconds, loudness=8_000):
    return (loudness * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ)).astype(np.int16)


def noise(seconds):
    return (RNG.standard_normal(round(seconds * SAMPLE_RATE_HZ)) * 1_000).astype(np.int16)


@pytest.mark.parametrize("seconds", [0, 0.01, 1, 8, 20])
def test_they_have_one_shape_whatever_the_length(seconds):
    found = features(noise(seconds))
    assert (found.shape, found.dtype) == ((BANDS, FRAMES), np.float32)
    assert np.isfinite(found).all()


def test_shorter_sound_stands_at_the_end():
    found = features(noise(2.0))
    assert found[5:, 5:590].max() == pytest.approx(found.min())
    assert found[5:, 610:].mean() > found.min() + 0.5


def test_only_the_last_eight_seconds_count():
    sound = noise(12.0)
    assert (features(sound) == features(sound[-SAMPLES:])).all()


def test_how_loud_it_is_makes_no_difference():
    sound = noise(8.0)
    assert features(sound // 2 * 2) == pytest.approx(features(sound // 2), abs=0.02)


@pytest.mark.parametrize(("hertz", "band"), [(200, 4), (1_000, 26), (2_000, 44), (6_000, 72)])
def test_a_tone_is_loudest_in_the_band_of_its_pitch(hertz, band):
    """By Slaney's scale: 15 mels to 1 kHz, 27 for each factor of 6.4 above; 82 edges up to 8 kHz."""
    middle = features(tone(hertz, 8))[:, 400]
    assert abs(int(middle.argmax()) - band) <= 1


def test_a_frame_is_the_mel_energies_of_what_stands_there():
    """The same sum, written out slowly for one frame."""
    sound = noise(8.0)
    normal = sound / 32_768
    normal = (normal - normal.mean()) / np.sqrt(normal.var() + 1e-7)
    at = 300
    piece = normal[at * 160 - 200 : at * 160 + 200] * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400))
    angles = 2 * np.pi * np.outer(np.arange(201), np.arange(400)) / 400
    power = (np.cos(angles) @ piece) ** 2 + (np.sin(angles) @ piece) ** 2
    top = 15 + 27 * np.log(8) / np.log(6.4)
    mels = np.linspace(0, top, BANDS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1_000 * 6.4 ** ((mels - 15) / 27))
    wanted = []
    for low, peak, high in zip(edges, edges[1:], edges[2:], strict=False):
        heights = [
            max(0.0, min((hertz - low) / (peak - low), (high - hertz) / (high - peak))) * 2 / (high - low)
            for hertz in np.arange(201) * 40.0
        ]
        wanted.append((np.log10(max(float(np.dot(heights, power)), 1e-10)) + 4) / 4)
    assert features(sound)[:, at] == pytest.approx(wanted, abs=1e-4)
