import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audio.clips import dominant_hz, in_pieces, joined, level_of, tone
from voxhelm.audio import resample
from voxhelm.audio.resample import Resampler
from voxhelm.domain.pcm import Pcm

RATES_HZ = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000]


def resampled(samples, from_hz, to_hz, lengths):
    resampler = Resampler(from_hz, to_hz)
    pieces = [resampler.push(Pcm(piece, from_hz)) for piece in in_pieces(samples, lengths)]
    pieces.append(resampler.finish())
    assert all(piece.rate_hz == to_hz for piece in pieces)
    return joined(pieces)


@settings(max_examples=60, deadline=None)
@given(
    from_hz=st.sampled_from(RATES_HZ),
    to_hz=st.sampled_from(RATES_HZ),
    count=st.integers(0, 30_000),
    lengths=st.lists(st.integers(1, 7_000), min_size=1, max_size=6),
)
def test_the_length_is_right_to_a_sample_however_the_sound_is_cut(from_hz, to_hz, count, lengths):
    out = resampled(tone(4, from_hz)[:count], from_hz, to_hz, lengths)
    assert abs(len(out) - min(count, 4 * from_hz) * to_hz / from_hz) <= 1


@settings(max_examples=40, deadline=None)
@given(
    from_hz=st.sampled_from(RATES_HZ),
    to_hz=st.sampled_from(RATES_HZ),
    seed=st.integers(0, 1000),
    lengths=st.lists(st.integers(1, 5_000), min_size=1, max_size=6),
)
def test_pieces_give_exactly_what_the_whole_gives(from_hz, to_hz, seed, lengths):
    noise = np.random.default_rng(seed).integers(-32768, 32767, 20_000, dtype=np.int16, endpoint=True)
    np.testing.assert_array_equal(resampled(noise, from_hz, to_hz, lengths), resampled(noise, from_hz, to_hz, [len(noise)]))


def test_equal_rates_hand_the_same_piece_back():
    resampler = Resampler(24_000, 24_000)
    pcm = Pcm(tone(0.1, 24_000), 24_000)
    assert resampler.push(pcm) is pcm
    assert len(resampler.finish().samples) == 0


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22_050, 24_000), (48_000, 16_000), (8_000, 48_000)])
def test_a_tone_keeps_its_pitch_and_its_level(from_hz, to_hz):
    out = resampled(tone(2, from_hz, 1_000), from_hz, to_hz, [777])
    assert dominant_hz(out, to_hz) == pytest.approx(1_000, abs=1)
    assert level_of(out[to_hz // 2 : -to_hz // 2]) == pytest.approx(0.4, rel=0.01)


def test_silence_stays_silence():
    assert not resampled(np.zeros(48_000, np.int16), 48_000, 16_000, [1_000]).any()


def test_full_scale_does_not_wrap_round():
    square = np.where(tone(1, 16_000, 500) >= 0, 32767, -32768).astype(np.int16)
    out = resampled(square, 16_000, 48_000, [4_096]).astype(np.int32)
    # Wrapping would jump from one rail to the other within a half wave, which lasts 48 samples here.
    assert np.abs(np.diff(out)).max() < 50_000
    assert out.max() == 32767
    assert out.min() == -32768


def test_after_finishing_the_next_sound_starts_clean():
    resampler = Resampler(16_000, 24_000)
    first = [resampler.push(Pcm(tone(0.5, 16_000), 16_000)), resampler.finish()]
    second = [resampler.push(Pcm(tone(0.5, 16_000), 16_000)), resampler.finish()]
    np.testing.assert_array_equal(joined(first), joined(second))


def test_a_piece_at_another_rate_is_refused():
    with pytest.raises(ValueError, match="16000 Hz, not 8000 Hz"):
        Resampler(16_000, 24_000).push(Pcm(tone(0.1, 8_000), 8_000))


@pytest.mark.parametrize("rates", [(0, 16_000), (16_000, 0), (-1, 8_000)])
def test_a_rate_that_is_not_positive_is_refused(rates):
    with pytest.raises(ValueError, match="positive"):
        Resampler(*rates)


def test_what_is_there_as_a_whole_comes_in_chunks_and_as_if_in_one():
    sound = Pcm((9_000 * np.sin(np.arange(24_000) / 20)).astype(np.int16), 24_000)
    chunks = list(resample.resampled(sound, 16_000, chunk_seconds=0.1))
    assert len(chunks) > 3
    resampler = Resampler(24_000, 16_000)
    whole = np.concatenate([resampler.push(sound).samples, resampler.finish().samples])
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), whole)
    assert list(resample.resampled(Pcm(sound.samples[:0], 24_000), 16_000)) == []
