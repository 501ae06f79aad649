import io
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import recording
from benchmarks.target import Target
from benchmarks.wire import Connection, ReplyBroken


def test_a_header_announces_what_follows() -> None:
    samples = recording.babble(0.5)
    with wave.open(io.BytesIO(recording.wav_header(len(samples)) + samples.tobytes())) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getnframes()) == (16_000, 1, 8_000)
        assert reader.readframes(8_000) == samples.tobytes()


def test_babble_has_the_loudness_and_the_pauses_of_speech() -> None:
    samples = recording.babble(5.0)
    assert 5_000 < np.abs(samples.astype(int)).max() < 32_767
    assert not samples[round(3.6 * 16_000) : round(4.9 * 16_000)].any()


def test_a_file_is_read_at_the_rate_that_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        writer.writeframes(np.repeat((8000 * np.sin(np.arange(48_000) / 20)).astype("<i2"), 2).tobytes())
    samples = recording.read(path)
    assert samples.dtype == np.int16
    assert abs(len(samples) - 16_000) <= 32
    assert np.abs(samples).max() > 7000


def test_a_recording_is_repeated_until_it_lasts() -> None:
    short = np.arange(16_000, dtype=np.int16)
    assert len(recording.lasting(short, 2.5)) == 40_000
    assert (recording.lasting(short, 2.5)[16_000:32_000] == short).all()
    assert len(recording.lasting(short, 0.5)) == 8_000


async def test_what_a_server_says_is_brought_to_the_rate_that_is_heard(target: Target) -> None:
    samples = await recording.said(target, 1.0)
    assert samples.dtype == np.int16
    assert len(samples) > 0


async def test_an_upload_arrives_as_the_file_it_is(target: Target) -> None:
    connection = Connection(target.endpoint)
    reply = await connection.ask(recording.upload_of({"model": "whisper-1"}, recording.babble(1.5)), keep_body=True)
    connection.abort()
    assert reply.status == 200
    assert b'"duration":1.5' in bytes(reply.body)


async def test_a_refusal_to_speak_is_a_failure(target: Target) -> None:
    with pytest.raises(ReplyBroken, match="status 500"):
        await recording.said(replace(target, model="failing"), 1.0)
