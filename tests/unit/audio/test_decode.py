import gc
import io
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.unit.audio.clips import (
    BROWSER,
    FILES,
    Recipe,
    assert_is_the_tone,
    clip,
    heard,
    joined,
    make_file,
    tone,
    wav,
)
from voxhelm.audio.decode import decode
from voxhelm.domain.errors import AudioUnreadable


@pytest.mark.parametrize("name", list(FILES))
def test_every_container_gives_its_sound(name):
    assert_is_the_tone(heard(clip(name)))


def test_what_a_browser_records_has_no_index_and_no_duration_and_is_heard():
    assert_is_the_tone(heard(make_file(BROWSER, tone(2, 48_000), seekable=False)))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_wav_at_any_rate(rate_hz):
    samples = heard(wav(tone(2, rate_hz), rate_hz))
    assert_is_the_tone(samples)
    assert len(samples) == pytest.approx(32_000, abs=1)


@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 48_000])
def test_the_caller_chooses_the_rate(rate_hz):
    pieces = list(decode(io.BytesIO(clip("flac")), rate_hz=rate_hz))
    assert {piece.rate_hz for piece in pieces} == {rate_hz}
    assert_is_the_tone(joined(pieces), rate_hz=rate_hz)


def test_sound_that_needs_no_change_is_given_sample_for_sample():
    samples = tone(1, 16_000)
    np.testing.assert_array_equal(heard(wav(samples, 16_000)), samples)


@pytest.mark.parametrize("kind", ["u8", "s16", "s24", "s32", "f32", "f64", "mulaw"])
def test_wav_with_samples_of_any_size(kind):
    exact = tone(2, 16_000).astype(np.float64) / 32768
    data = {
        "u8": lambda: wav((exact * 127 + 128).astype(np.uint8), 16_000),
        "s16": lambda: wav((exact * 32767).astype("<i2"), 16_000),
        "s24": lambda: wav(
            np.frombuffer((exact * (2**31 - 1)).astype("<i4").tobytes(), np.uint8).reshape(-1, 4)[:, 1:].copy(), 16_000, bits=24
        ),
        "s32": lambda: wav((exact * (2**31 - 1)).astype("<i4"), 16_000),
        "f32": lambda: wav(exact.astype("<f4"), 16_000, code=3),
        "f64": lambda: wav(exact.astype("<f8"), 16_000, code=3),
        "mulaw": lambda: make_file(Recipe("wav", "pcm_mulaw", "s16", rate_hz=16_000), tone(2, 16_000)),
    }[kind]()
    assert_is_the_tone(heard(data), padding_seconds=0.05)


def test_two_channels_become_their_mean():
    left = tone(1, 16_000, level=0.4)
    samples = heard(wav(np.stack([left, np.zeros_like(left)], axis=1), 16_000, channels=2))
    np.testing.assert_allclose(samples, left / 2, atol=1)


@pytest.mark.parametrize("channels", [3, 9, 16, 32, 64])
def test_channels_that_nobody_named_count_alike(channels):
    sound = tone(0.5, 16_000)
    samples = heard(wav(np.repeat(sound[:, None], channels, axis=1), 16_000, channels=channels))
    np.testing.assert_allclose(samples, sound, atol=2)


def test_full_scale_on_all_channels_does_not_clip_or_wrap():
    loud = tone(1, 16_000, level=1.0)
    samples = heard(wav(np.stack([loud, loud], axis=1), 16_000, channels=2))
    np.testing.assert_allclose(samples, loud, atol=1)


def test_silence_is_sound_too():
    samples = heard(wav(np.zeros(32_000, np.int16), 16_000))
    assert len(samples) == 32_000
    assert not samples.any()


@pytest.mark.parametrize("chunk_seconds", [0.1, 0.5, 2.0])
def test_chunks_are_about_as_long_as_asked(chunk_seconds):
    lengths = [piece.duration_seconds for piece in decode(io.BytesIO(clip("mp3", 6.0)), chunk_seconds=chunk_seconds)]
    assert all(
        0.5 * chunk_seconds <= length <= chunk_seconds + 0.1 for length in lengths[:-2]
    )  # the rest, and what the resampler kept back
    assert sum(lengths) == pytest.approx(6, abs=0.2)


def test_a_path_is_read_like_a_file(tmp_path):
    path = tmp_path / "speech.ogg"
    path.write_bytes(clip("ogg-opus"))
    assert_is_the_tone(joined(list(decode(path))))


def test_the_name_of_a_file_means_nothing(tmp_path):
    path = tmp_path / "speech.mp3"
    path.write_bytes(clip("webm"))
    assert_is_the_tone(joined(list(decode(path))))


def test_a_file_is_read_from_where_it_stands():
    source = io.BytesIO(b"something before " + clip("m4a"))
    source.seek(len(b"something before "))
    assert_is_the_tone(joined(list(decode(source))))


@pytest.mark.parametrize("name", ["mp3", "flac", "ogg-opus", "webm", "aac-adts", "m4a-index-first"])
def test_a_pipe_that_cannot_seek_is_enough(name):
    assert_is_the_tone(joined(list(decode(Pipe(clip(name))))))


def test_tracks_of_different_rates_in_one_stream_are_all_heard():
    # Chained files, as recorders write when they are stopped and started.
    first = make_file(Recipe("adts", "aac", rate_hz=44_100), tone(1, 44_100))
    second = make_file(Recipe("adts", "aac", rate_hz=16_000, layout="stereo"), tone(1, 16_000))
    assert_is_the_tone(heard(first + second), padding_seconds=0.4)


@pytest.mark.parametrize("name", ["mp3", "m4a", "mkv-with-video"])
def test_closing_half_way_closes_everything(name, tmp_path):
    path = tmp_path / "speech"
    path.write_bytes(clip(name, 5.0))
    descriptors, threads = open_files(), native_threads()
    pieces = decode(path)
    next(pieces)
    assert open_files() == descriptors + 1
    assert native_threads() == threads
    pieces.close()
    assert open_files() == descriptors


def test_running_to_the_end_and_failing_close_the_file_too(tmp_path):
    path = tmp_path / "speech"
    descriptors = open_files()
    path.write_bytes(clip("mp3"))
    list(decode(path))
    assert open_files() == descriptors
    path.write_bytes(b"no audio")
    with pytest.raises(AudioUnreadable):
        list(decode(path))
    assert open_files() == descriptors


def test_a_file_object_stays_open_for_its_owner():
    source = io.BytesIO(clip("mp3"))
    list(decode(source))
    assert not source.closed


def test_a_read_error_of_the_source_is_the_callers_to_see():
    whole = clip("mp3", 10.0)
    with pytest.raises(ConnectionResetError, match="the client left"):
        list(decode(Breaking(whole, after_bytes=len(whole) // 2)))
    with pytest.raises(ConnectionResetError, match="the client left"):
        list(decode(Breaking(whole, after_bytes=0)))
    assert_is_the_tone(heard(whole), 10.0)  # and nothing of it is left for the next one on this thread


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path):
    path = tmp_path / "hour.wav"
    rate_hz, hour = 8_000, 3_600
    second = ((tone(1, rate_hz).astype(np.int32) >> 8) + 128).astype(np.uint8).tobytes()
    with path.open("wb") as written:
        header = bytearray(wav(np.empty(0, np.uint8), rate_hz))
        header[40:44] = struct.pack("<I", hour * rate_hz)
        written.write(header)
        for _ in range(hour):
            written.write(second)
    process = psutil.Process()
    gc.collect()
    seconds = 0.0
    settled = peak = 0
    for piece in decode(path):
        seconds += piece.duration_seconds
        if seconds < 60:
            settled = process.memory_info().rss
        peak = max(peak, process.memory_info().rss)
    assert seconds == pytest.approx(hour, abs=0.01)
    assert peak - settled < 10 << 20  # an hour at 16 kHz is 115 MB


def test_many_abandoned_decoders_leave_no_memory():
    whole = clip("m4a", 3.0)

    def abandon(count):
        for _ in range(count):
            pieces = decode(io.BytesIO(whole))
            next(pieces)
            pieces.close()

    abandon(20)
    before = psutil.Process().memory_info().rss
    abandon(100)
    assert psutil.Process().memory_info().rss - before < 8 << 20


def test_ffmpeg_prints_nothing_about_a_damaged_file(capfd):
    data = bytearray(clip("mp3"))
    data[2_000:3_000] = bytes(1_000)
    heard(bytes(data))
    with pytest.raises(AudioUnreadable):
        heard(b"text, again and again\n" * 50)
    assert capfd.readouterr() == ("", "")


def test_an_upload_on_disk_and_one_in_memory_are_the_same():
    whole = clip("m4a")
    with tempfile.SpooledTemporaryFile(max_size=1_000) as spooled:
        spooled.write(whole)
        spooled.seek(0)
        np.testing.assert_array_equal(joined(list(decode(spooled))), heard(whole))


def test_paths_and_files_are_both_sources():
    with pytest.raises(FileNotFoundError):
        next(decode(Path("there is no such file.wav")))


def open_files():
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not walked


def native_threads():
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208


class Pipe(io.RawIOBase):
    """A file that cannot seek."""

    def __init__(self, data):
        self._rest = io.BytesIO(data)

    def readable(self):
        return True

    def seekable(self):
        return False

    def read(self, size=-1):
        return self._rest.read(size)


class Breaking(io.BytesIO):
    """A file whose medium fails."""

    def __init__(self, data, *, after_bytes):
        super().__init__(data)
        self._after_bytes = after_bytes

    def read(self, size=-1, /):
        if self.tell() >= self._after_bytes:
            raise ConnectionResetError("the client left")
        return super().read(size)
