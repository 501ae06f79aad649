import io
import wave

import pytest

from voxhelm.audio.duration import told_duration_seconds


@pytest.fixture
def three_seconds():
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(96_000))
    file.seek(0)
    return file


def test_the_container_tells_and_the_file_stands_where_it_stood(three_seconds, tmp_path):
    assert told_duration_seconds(three_seconds) == pytest.approx(3.0)
    assert three_seconds.tell() == 0
    path = tmp_path / "a.wav"
    path.write_bytes(three_seconds.getvalue())
    assert told_duration_seconds(path) == pytest.approx(3.0)


def test_what_is_no_recording_tells_nothing():
    assert told_duration_seconds(io.BytesIO(b"no sound")) is None


def test_a_pipe_is_not_asked():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    assert told_duration_seconds(Pipe(b"RIFF")) is None
