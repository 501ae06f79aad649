import io
import wave

import numpy as np
import pytest

from voxhelm.audio.arriving import arriving_file
from voxhelm.audio.decode import decode


def test_a_read_gives_what_is_there():
    file = arriving_file(iter([b"abc", b"", b"defgh"]))
    assert [file.read(2), file.read(10), file.read(3), file.read(10), file.read(10), file.read(10)] == [
        b"ab", b"c", b"def", b"gh", b"", b"",
    ]  # fmt: skip
    assert not file.seekable()


def test_it_reads_no_further_than_it_is_asked():
    chunks = iter([b"abc", b"def"])
    assert arriving_file(chunks).read(1) == b"a"
    assert next(chunks) == b"def"


def test_an_error_of_the_source_reaches_the_reader():
    def broken():
        yield b"abc"
        raise ConnectionResetError("gone")

    file = arriving_file(broken())
    assert file.read(3) == b"abc"
    with pytest.raises(ConnectionResetError, match="gone"):
        file.read(1)


def test_a_recording_is_decoded_while_it_arrives():
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(np.full(10 * 24_000, 1_000, "<i2").tobytes())
    given = 0

    def chunks():
        nonlocal given
        data = whole.getvalue()
        for start in range(0, len(data), 1_000):
            given += 1
            yield data[start : start + 1_000]

    sound = decode(arriving_file(chunks()), rate_hz=24_000)
    first = next(sound)
    assert given < 400
    assert len(first.samples) + sum(len(pcm.samples) for pcm in sound) == 10 * 24_000
