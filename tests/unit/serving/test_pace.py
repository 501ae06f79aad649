import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import numpy as np
import pytest

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word
from voxhelm.serving.pace import at_speed
from voxhelm.serving.speak import SpeechRequest

RATE_HZ = 24_000


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1) as executor:
        yield executor


async def ten_seconds(closed=None):
    """A word each second, told with the half second it begins in."""
    try:
        for half in range(20):
            tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ // 2) / RATE_HZ)).astype(np.int16)
            second, between = divmod(half, 2)
            yield Speech(
                Pcm(tone, RATE_HZ), () if between else (Word(f"w{second}", float(second), second + 1.0, None, 3 * second),)
            )
    finally:
        if closed is not None:
            closed.set()


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.3, 2.0, 4.0])
async def test_sound_and_words_keep_together_at_every_speed(threads, speed):
    heard_seconds, words = 0.0, []
    async for speech in at_speed(ten_seconds(), speed, threads):
        heard_seconds += speech.pcm.duration_seconds
        assert all(word.start_seconds <= heard_seconds + 1e-6 for word in speech.words)
        words += speech.words
    assert heard_seconds == pytest.approx(10 / speed, rel=0.02)
    assert [word.text for word in words] == [f"w{second}" for second in range(10)]
    assert [word.start_seconds for word in words] == pytest.approx([second / speed for second in range(10)])
    assert words[-1].end_seconds <= heard_seconds + 1e-6


async def test_nothing_stretched_is_nothing(threads):
    async def silent():
        return
        yield

    assert [one async for one in at_speed(silent(), 2.0, threads)] == []


async def test_who_leaves_closes_the_engines_stream(threads):
    closed = asyncio.Event()
    async with aclosing(at_speed(ten_seconds(closed), 2.0, threads)) as speeches:
        await anext(speeches)
    assert closed.is_set()


async def test_a_request_is_stretched_where_the_engine_cannot(services, monkeypatch):
    async def seconds(speed):
        reply = await services.speaker.speak(SpeechRequest("x" * 100, "fake-speech", "tone", AudioFormat.PCM, speed))
        try:
            return len(b"".join([chunk async for chunk in reply.chunks])) / 2 / RATE_HZ
        finally:
            await reply.aclose()

    assert await seconds(2.0) == pytest.approx(3.0)
    # Were it passed on as well, the fake would be twice as fast, and the stretching twice again.
    monkeypatch.setattr(VoiceBook, "changes_speed", lambda _book, _spec: False)
    assert await seconds(2.0) == pytest.approx(3.0, abs=0.05)
