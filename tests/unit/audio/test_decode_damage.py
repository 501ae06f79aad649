import io

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audio.clips import FILES, clip, dominant_hz, heard, make_file, tone, wav
from voxhelm.audio.decode import decode
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"Dear Sir or Madam,\n" * 100, "text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), "a PNG image"),
        (b"%PDF-1.7\n" + bytes(200), "a PDF document"),
        (b'{"file": "no"}' * 20, "JSON"),
        (b"<!doctype html><html></html>", "a web page"),
        (bytes(5_000), "unknown data"),
        (wav(tone(1, 16_000), 16_000)[:30], "a WAV file, damaged or cut off"),
        (make_file(FILES["m4a"], tone(2, 44_100))[:5_000], "an MP4 or M4A file, damaged or cut off"),
    ],
    ids=["empty", "text", "png", "pdf", "json", "html", "zeros", "half a header", "m4a without its index"],
)
def test_what_is_not_audio_is_named(data, found):
    with pytest.raises(AudioUnreadable, match=found) as caught:
        heard(data)
    assert caught.value.param == "file"


def test_a_header_without_samples_is_empty():
    data = wav(np.empty(0, np.int16), 16_000)
    assert len(data) == 44
    with pytest.raises(AudioEmpty, match="not a single sample"):
        heard(data)


def test_a_film_without_sound_says_what_it_holds():
    written = io.BytesIO()
    with av.open(written, "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for index in range(5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    with pytest.raises(AudioUnreadable, match=r"no audio track .*video"):
        heard(written.getvalue())


@pytest.mark.parametrize(
    "name", ["mp3", "flac", "ogg-opus", "ogg-vorbis", "webm", "aac-adts", "amr", "mpegts", "mp4-fragmented", "m4a-index-first"]
)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.95])
def test_a_file_cut_off_gives_what_there_is(name, share):
    whole = clip(name, 4.0)
    samples = heard(whole[: int(len(whole) * share)])
    assert 0.1 < len(samples) / 64_000 < share + 0.3
    assert dominant_hz(samples[3_000:-3_000], 16_000) == pytest.approx(440, abs=12)


@pytest.mark.parametrize("name", ["mp3", "flac", "ogg-opus", "m4a", "webm", "mkv-with-video"])
def test_a_file_cut_off_anywhere_gives_sound_or_a_clear_error(name):
    whole = clip(name, 0.5)
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        assert_sound_or_clear_error(whole[:length])


@pytest.mark.parametrize("name", ["mp3", "flac", "aac-adts", "m4a", "webm"])
def test_damage_in_the_middle_costs_only_the_middle(name):
    data = bytearray(clip(name, 4.0))
    middle = len(data) // 2
    data[middle : middle + len(data) // 50] = b"\x55" * (len(data) // 50)
    samples = heard(bytes(data))
    assert 3.3 < len(samples) / 16_000 < 4.4
    for part in (samples[8_000:24_000], samples[-24_000:-8_000]):
        assert dominant_hz(part, 16_000) == pytest.approx(440, abs=6)


def test_a_track_that_appears_on_the_way_does_not_disturb():
    data = bytearray(clip("flv", 30.0))
    tag = b"\xaf\x01"  # AAC, sound
    places = [place for place in range(len(data) - 1) if data[place : place + 2] == tag and data[place - 11] == 8]
    for place in places[600:900:60]:
        data[place] = 0xB6  # one packet of Speex
    assert len(heard(bytes(data))) / 16_000 == pytest.approx(30, abs=0.5)


def test_nothing_but_bad_packets_is_unreadable_and_found_out_before_the_end():
    data = bytearray(make_file(FILES["m4a"], tone(90, 44_100)))
    sound, index = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[sound:index] = bytes(index - sound)
    source = Counting(bytes(data))
    with pytest.raises(AudioUnreadable, match="damaged"):
        list(decode(source))
    assert source.read_bytes < len(data) / 2


def assert_sound_or_clear_error(data):
    try:
        for piece in decode(io.BytesIO(data)):
            assert piece.samples.dtype == np.int16
            assert piece.samples.ndim == 1
            assert len(piece.samples)
    except (AudioUnreadable, AudioEmpty):
        return


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_sound_or_a_clear_error(data):
    assert_sound_or_clear_error(data)


BEGINNINGS = [
    b"RIFF\xff\xff\xff\xffWAVEfmt ", b"OggS\x00\x02", b"fLaC\x00\x00\x00\x22", b"ID3\x04\x00\x00", b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80",
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01", b"\x00\x00\x00\x18ftypM4A ", b"#!AMR\n", b"FORM\x00\x00\x10\x00AIFF", b"caff\x00\x01\x00\x00",
    b".snd\x00\x00\x00\x18", b"wvpk", b"FLV\x01\x05", b"RIFF\x00\x00\x01\x00AVI LIST",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"G@\x11\x10\x00",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=3_000))
def test_any_bytes_after_a_true_beginning_are_sound_or_a_clear_error(beginning, rest):
    assert_sound_or_clear_error(beginning + rest)


@pytest.fixture(scope="module")
def small_files():
    return {name: clip(name, 0.4) for name in FILES}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_change_to_a_file_leaves_sound_or_a_clear_error(small_files, data):
    whole = bytearray(small_files[data.draw(st.sampled_from(sorted(small_files)))])
    # Headers are where damage does most: half of the changes go to the first kilobyte.
    places = st.one_of(st.integers(0, min(1_000, len(whole) - 1)), st.integers(0, len(whole) - 1))
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        whole[place] = value
    assert_sound_or_clear_error(bytes(whole))


class Counting(io.BytesIO):
    """Counts what is read of it."""

    read_bytes = 0

    def read(self, size=-1, /):
        data = super().read(size)
        self.read_bytes += len(data)
        return data
