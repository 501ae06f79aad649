import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.errors import EngineFailed
from voxhelm.engines.openai_remote.sound import sound_of

TONE = (8_000 * np.sin(np.arange(24_000) / 20)).astype("<i2")


def encoded(container, codec, rate_hz=24_000):
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(TONE[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    return file.getvalue()


def heard(data, asked="pcm", content_type="audio/pcm", cut=1_000):
    chunks = (data[start : start + cut] for start in range(0, len(data), cut))
    return list(sound_of(chunks, asked, content_type, 24_000))


def joined(pieces):
    return np.concatenate([np.zeros(0, np.int16), *(pcm.samples for pcm in pieces)])


@given(st.lists(st.integers(1, 9_999), max_size=30))
def test_samples_are_the_same_however_they_are_torn(cuts):
    data, chunks = TONE.tobytes(), []
    for cut in cuts:
        chunks.append(data[:cut])
        data = data[cut:]
    assert np.array_equal(joined(sound_of(iter([*chunks, data]), "pcm", "audio/pcm", 24_000)), TONE)


def test_the_first_piece_goes_on_at_once_and_later_ones_are_put_together():
    lengths = [len(pcm.samples) for pcm in heard(TONE.tobytes(), cut=200)]
    assert lengths[0] == 100
    assert min(lengths[1:-1]) >= 2_400


def test_half_a_sample_at_the_end_is_dropped():
    assert np.array_equal(joined(heard(TONE.tobytes() + b"x")), TONE)


@pytest.mark.parametrize(
    ("content_type", "rate_hz"),
    [("audio/pcm", 24_000), ("audio/L16; rate=16000; channels=1", 16_000), ("audio/pcm;rate=x", 24_000), ("", 24_000)],
)
def test_the_rate_is_what_the_answer_says_else_what_the_file_says(content_type, rate_hz):
    assert {pcm.rate_hz for pcm in heard(TONE.tobytes(), content_type=content_type)} == {rate_hz}


@pytest.mark.parametrize(
    ("asked", "content_type", "container", "codec"),
    [
        ("wav", "audio/wav", "wav", "pcm_s16le"),
        ("pcm", "audio/wav", "wav", "pcm_s16le"),
        ("pcm", "application/octet-stream", "wav", "pcm_s16le"),
        ("mp3", "audio/mpeg", "mp3", "mp3"),
        ("pcm", "audio/mpeg", "mp3", "mp3"),
        ("flac", "audio/flac", "flac", "flac"),
    ],
)
def test_anything_else_is_decoded_even_when_samples_were_asked_for(asked, content_type, container, codec):
    pieces = heard(encoded(container, codec), asked, content_type)
    assert {pcm.rate_hz for pcm in pieces} == {24_000}
    assert len(joined(pieces)) == pytest.approx(24_000, abs=2_500)
    assert np.abs(joined(pieces)).max() > 6_000


@pytest.mark.parametrize(
    ("data", "asked", "content_type", "told"),
    [
        (b"<html>", "pcm", "text/html; charset=utf-8", "text/html"),
        (b"{}", "wav", "application/json", "application/json"),
        (b"not a wav at all" * 100, "wav", "audio/wav", "no sound"),
        (b"", "wav", "audio/wav", "no sound"),
    ],
)
def test_what_is_no_sound_is_an_error_of_the_server(data, asked, content_type, told):
    with pytest.raises(EngineFailed, match=told):
        heard(data, asked, content_type)


def test_no_samples_are_no_sound():
    assert heard(b"") == []
