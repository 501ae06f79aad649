import gc
import io
import os
import struct
import threading
import weakref

import av
import numpy as np
import psutil
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.audio.clips import dominant_hz, heard, in_pieces, level_of, tone, wav
from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm

RATE_HZ = 24_000
COMPRESSED = [AudioFormat.MP3, AudioFormat.OPUS, AudioFormat.AAC, AudioFormat.FLAC]
# What codecs without a place to write down the true length may add: a delay at the front and the rest of a frame at the end.
PADDING_SAMPLES = {AudioFormat.MP3: 1_105 + 2 * 1_152, AudioFormat.AAC: 2 * 1_024}


def encoded(format, samples, lengths, rate_hz=RATE_HZ):
    with Encoder(format, rate_hz) as encoder:
        return b"".join([encoder.encode(Pcm(piece, rate_hz)) for piece in in_pieces(samples, lengths)] + [encoder.finish()])


def decoded(format, data, rate_hz=RATE_HZ):
    if format is AudioFormat.PCM:
        return Pcm.from_bytes(data, rate_hz).samples
    return heard(data, rate_hz)


@pytest.mark.parametrize("format", list(AudioFormat))
@pytest.mark.parametrize("lengths", [[48_000], [1, 480, 777, 5_000], [240]])
def test_a_tone_comes_back_with_its_length_pitch_and_level(format, lengths):
    out = decoded(format, encoded(format, tone(2, RATE_HZ), lengths))
    assert 0 <= len(out) - 2 * RATE_HZ <= PADDING_SAMPLES.get(format, 0) + 1
    middle = out[RATE_HZ // 2 : -RATE_HZ // 2]
    assert dominant_hz(middle, RATE_HZ) == pytest.approx(440, abs=2)
    assert level_of(middle) == pytest.approx(0.4, rel=0.05)


@pytest.mark.parametrize("format", list(AudioFormat))
def test_there_is_no_click_where_pieces_meet(format):
    out = decoded(format, encoded(format, tone(2, RATE_HZ), [1_000, 333]))[RATE_HZ // 2 : -RATE_HZ // 2].astype(np.float64)
    # A pure tone is what its two predecessors say it is: x[n] = 2 cos(w) x[n-1] - x[n-2]. A gap or a repeat breaks that at once.
    surprise = out[2:] - 2 * np.cos(2 * np.pi * 440 / RATE_HZ) * out[1:-1] + out[:-2]
    assert np.abs(surprise).max() < 0.05 * 32768


@pytest.mark.parametrize("format", list(AudioFormat))
def test_how_the_sound_is_cut_does_not_change_the_sound(format):
    chirp = np.rint(np.sin(np.cumsum(np.linspace(0.02, 1.2, RATE_HZ))) * 10_000).astype(np.int16)
    one = decoded(format, encoded(format, chirp, [RATE_HZ]))
    many = decoded(format, encoded(format, chirp, [7, 1_234, 576]))
    np.testing.assert_array_equal(one, many)


@pytest.mark.parametrize("format", list(AudioFormat))
def test_the_first_sound_leaves_long_before_the_end(format):
    with Encoder(format, RATE_HZ) as encoder:
        data = b"".join(encoder.encode(Pcm(piece, RATE_HZ)) for piece in in_pieces(tone(0.5, RATE_HZ), [2_400]))
        assert level_of(decoded(format, data)[:2_400]) > 0.1


@pytest.mark.parametrize("format", list(AudioFormat))
def test_no_more_than_a_fraction_of_a_second_is_held_back(format):
    with Encoder(format, RATE_HZ) as encoder:
        data = b"".join(encoder.encode(Pcm(piece, RATE_HZ)) for piece in in_pieces(tone(5, RATE_HZ), [2_400]))
        assert len(decoded(format, data)) > 4.6 * RATE_HZ


@settings(max_examples=25, deadline=None)
@given(
    format=st.sampled_from(list(AudioFormat)),
    count=st.integers(1, 6_000),
    lengths=st.lists(st.integers(0, 900), min_size=1, max_size=5),
)
def test_any_length_encodes_to_something_that_decodes_to_at_least_it(format, count, lengths):
    # FFmpeg wants to see more than two frames before it believes that bytes are AAC.
    assume(format is not AudioFormat.AAC or count >= 2 * 1_024)
    out = decoded(format, encoded(format, tone(1, RATE_HZ)[:count], [*lengths, 1]))
    assert 0 <= len(out) - count <= PADDING_SAMPLES.get(format, 0) + 1


@pytest.mark.parametrize("format", COMPRESSED)
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_any_usual_rate_is_taken(format, rate_hz):
    out = heard(encoded(format, tone(1, rate_hz), [1_000], rate_hz), 16_000)
    assert len(out) / 16_000 == pytest.approx(1, abs=0.36 if rate_hz == 8_000 else 0.16)
    assert dominant_hz(out[4_000:12_000], 16_000) == pytest.approx(440, abs=4)


def test_wav_has_a_header_for_a_stream_and_then_the_samples():
    samples = tone(0.2, RATE_HZ)
    data = encoded(AudioFormat.WAV, samples, [999])
    unknown = 0xFFFFFFFF
    assert data[:44] == struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", unknown, b"WAVEfmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16, b"data", unknown
    )
    assert data[44:] == samples.astype("<i2").tobytes()


def test_wav_of_nothing_is_a_header():
    with Encoder(AudioFormat.WAV, RATE_HZ) as encoder:
        assert len(encoder.finish()) == 44


def test_pcm_is_the_samples_and_nothing_else():
    samples = tone(0.2, RATE_HZ)
    assert encoded(AudioFormat.PCM, samples, [999]) == samples.astype("<i2").tobytes()


def test_flac_loses_nothing():
    samples = tone(1, RATE_HZ)
    np.testing.assert_array_equal(heard(encoded(AudioFormat.FLAC, samples, [500]), RATE_HZ), samples)


@pytest.mark.parametrize(
    ("format", "container", "codec", "beginning"),
    [
        (AudioFormat.MP3, "mp3", "mp3float", b"\xff\xf3"),
        (AudioFormat.OPUS, "ogg", "opus", b"OggS"),
        (AudioFormat.AAC, "aac", "aac", b"\xff\xf1"),
        (AudioFormat.FLAC, "flac", "flac", b"fLaC"),
    ],
)
def test_the_bytes_are_what_the_format_says(format, container, codec, beginning):
    data = encoded(format, tone(1, RATE_HZ), [1_000])
    assert data.startswith(beginning)
    with av.open(io.BytesIO(data)) as opened:
        track = opened.streams.audio[0]
        assert (opened.format.name, track.codec_context.name, track.channels) == (container, codec, 1)


@pytest.mark.parametrize("format", list(AudioFormat))
def test_a_caller_may_reuse_its_buffer_after_the_call(format):
    samples = tone(1, RATE_HZ)
    buffer = np.empty(700, np.int16)
    with Encoder(format, RATE_HZ) as encoder:
        parts = []
        for piece in in_pieces(samples, [700]):
            buffer[: len(piece)] = piece
            parts.append(encoder.encode(Pcm(buffer[: len(piece)], RATE_HZ)))
            buffer[:] = 0
        parts.append(encoder.finish())
    np.testing.assert_array_equal(decoded(format, b"".join(parts)), decoded(format, encoded(format, samples, [700])))


@pytest.mark.parametrize("format", list(AudioFormat))
def test_a_closed_encoder_says_so(format):
    encoder = Encoder(format, RATE_HZ)
    encoder.encode(Pcm(tone(0.1, RATE_HZ), RATE_HZ))
    encoder.close()
    encoder.close()
    with pytest.raises(ValueError, match="closed"):
        encoder.encode(Pcm(tone(0.1, RATE_HZ), RATE_HZ))
    with pytest.raises(ValueError, match="closed"):
        encoder.finish()


def test_sound_at_another_rate_is_refused():
    with Encoder(AudioFormat.MP3, RATE_HZ) as encoder, pytest.raises(ValueError, match="24000 Hz, not 16000 Hz"):
        encoder.encode(Pcm(tone(0.1, 16_000), 16_000))


@pytest.mark.parametrize("format", COMPRESSED)
def test_an_abandoned_encoder_frees_its_codec_without_the_garbage_collector(format):
    gc.disable()
    try:
        with Encoder(format, RATE_HZ) as encoder:
            encoder.encode(Pcm(tone(0.3, RATE_HZ), RATE_HZ))
            body = weakref.ref(encoder._body)
        assert body() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("format", COMPRESSED)
def test_a_hundred_abandoned_encoders_leave_no_memory(format):
    def abandon(count):
        for _ in range(count):
            with Encoder(format, RATE_HZ) as encoder:
                encoder.encode(Pcm(tone(0.3, RATE_HZ), RATE_HZ))

    abandon(30)  # what the allocator keeps for next time
    before = psutil.Process().memory_info().rss
    abandon(100)
    assert psutil.Process().memory_info().rss - before < 8 << 20  # one mp3 or opus encoder holds a few hundred kilobytes


@pytest.mark.parametrize("format", COMPRESSED)
def test_encoding_starts_no_threads(format):
    before = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - native threads are what is counted
    with Encoder(format, RATE_HZ) as encoder:
        encoder.encode(Pcm(tone(0.5, RATE_HZ), RATE_HZ))
        assert len(os.listdir("/proc/self/task")) == before  # noqa: PTH208


def test_several_threads_encode_at_once_without_disturbing_each_other():
    expected = {format: encoded(format, tone(2, RATE_HZ), [480]) for format in (AudioFormat.MP3, AudioFormat.AAC, AudioFormat.FLAC)}
    got = {}

    def work(name, format):
        got[name] = (format, encoded(format, tone(2, RATE_HZ), [480]))

    threads = [threading.Thread(target=work, args=(f"{format}-{index}", format)) for format in expected for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 9
    assert all(data == expected[format] for format, data in got.values())


def test_wav_from_here_and_wav_with_true_sizes_sound_the_same():
    samples = tone(1, RATE_HZ)
    np.testing.assert_array_equal(heard(encoded(AudioFormat.WAV, samples, [480])), heard(wav(samples, RATE_HZ)))
