import io
import wave

import av
import numpy as np
import pytest

from voxhelm.audio.channels import decode_channels
from voxhelm.audio.decode import decode
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, ParameterInvalid


def wav_of(*channels, rate_hz=16_000):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(len(channels))
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())
    file.seek(0)
    return file


def tone(hertz, seconds, rate_hz=16_000):
    return (8_000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.int16)


def whole(pieces):
    """Shape (channels, n)."""
    return np.concatenate([np.stack([pcm.samples for pcm in piece]) for piece in pieces], axis=1)


def test_channels_come_apart_as_they_were_put_in():
    left, right = tone(300, 2.0), tone(700, 2.0)
    assert np.array_equal(whole(decode_channels(wav_of(left, right))), np.stack((left, right)))


def test_one_channel_is_what_decoding_gives():
    sound = tone(300, 1.3)
    assert np.array_equal(whole(decode_channels(wav_of(sound)))[0], sound)


def test_channels_of_another_rate_keep_together():
    left, right = tone(300, 2.0, 44_100), np.zeros(88_200, dtype=np.int16)
    heard = whole(decode_channels(wav_of(left, right, rate_hz=44_100)))
    mixed = np.concatenate([pcm.samples for pcm in decode(wav_of(left, left, rate_hz=44_100))])
    assert heard.shape == (2, len(mixed))
    assert np.abs(heard[0] - tone(300, 2.0)[: heard.shape[1]])[200:-200].max() < 100
    assert not heard[1].any()


def test_a_compressed_file_is_divided_too(tmp_path):
    path = tmp_path / "a.m4a"
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000, layout="stereo")
        sound = np.stack((tone(300, 2.0), tone(0, 2.0))).astype(np.float32) / 32_768
        frame = av.AudioFrame.from_ndarray(sound, format="fltp", layout="stereo")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    left, right = whole(decode_channels(path))
    assert np.abs(left).mean() > 3_000
    assert np.abs(right).mean() < 50


def test_pieces_are_of_the_length_that_is_wanted():
    pieces = list(decode_channels(wav_of(tone(300, 3.0), tone(700, 3.0)), chunk_seconds=0.5))
    assert 4 <= len(pieces) <= 6
    assert all(len(piece) == 2 and len(piece[0].samples) == len(piece[1].samples) for piece in pieces)


def test_an_array_of_microphones_is_refused():
    with pytest.raises(ParameterInvalid, match="12 channels"):
        next(decode_channels(wav_of(*[tone(300, 0.5)] * 12)))


def test_what_is_no_sound_is_refused():
    with pytest.raises(AudioUnreadable):
        next(decode_channels(io.BytesIO(b"no sound")))
    with pytest.raises(AudioEmpty):
        next(decode_channels(wav_of(tone(300, 0.0), tone(300, 0.0))))
