"""What every host does, in a process and in line; and what only a process can do."""

import asyncio
import gc
import os
import signal
import threading
from contextlib import aclosing

import numpy as np
import psutil
import pytest

from voxhelm.domain.errors import AudioUnreadable, EngineCrashed, EngineFailed, ModelLoadFailed, VoiceNotFound
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, KnownSpeaker, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.process import ProcessHost
from voxhelm.testing.engine import FAKE_ENGINE

TONE = SynthesizeOptions(voice="tone")


async def seconds_of_silence(count):
    for _ in range(count):
        yield Pcm.silence(1.0, 16_000)


async def say(host, text):
    return np.concatenate([speech.pcm.samples async for speech in host.synthesize(text, TONE)])


async def test_speech_arrives_whole(start_host):
    host = await start_host(Capability.SPEECH)
    assert len(await say(host, "x" * 100)) == 100 * 0.06 * 24_000


async def test_words_travel(start_host):
    host = await start_host(Capability.SPEECH)
    words = [word async for speech in host.synthesize("добър ден", TONE) for word in speech.words]
    assert [(word.text, word.text_offset) for word in words] == [("добър", 0), ("ден", 6)]


async def test_streams_run_side_by_side_without_mixing(start_host):
    host = await start_host(Capability.SPEECH)
    lengths = [10 * (number + 1) for number in range(24)]
    sounds = await asyncio.gather(*(say(host, "x" * length) for length in lengths))
    assert [len(sound) for sound in sounds] == [round(length * 0.06 * 24_000) for length in lengths]


async def test_an_error_of_the_engine_arrives_as_itself(start_host):
    host = await start_host(Capability.SPEECH)
    with pytest.raises(VoiceNotFound) as caught:
        async for _ in host.synthesize("hello", SynthesizeOptions(voice="nobody")):
            pass
    assert caught.value.param == "voice"


async def test_an_error_in_the_middle_comes_after_the_sound_before_it(start_host):
    host = await start_host(Capability.SPEECH)
    pieces = []
    with pytest.raises(EngineFailed):
        async for speech in host.synthesize("x" * 100 + " fail-here", TONE):
            pieces.append(speech)
    assert pieces


async def test_recordings_are_fed_and_heard(start_host):
    host = await start_host(Capability.TRANSCRIPTION)
    segments = [segment async for segment in host.transcribe(seconds_of_silence(100), TranscribeOptions(word_times=True))]
    assert len(segments) == 100
    assert segments[41].words[0].text == "second42"


async def test_an_empty_recording_is_heard_as_nothing(start_host):
    host = await start_host(Capability.TRANSCRIPTION)
    assert [segment async for segment in host.transcribe(seconds_of_silence(0), TranscribeOptions())] == []


async def test_activity_covers_the_recording(start_host):
    host = await start_host(Capability.VOICE_ACTIVITY)
    activities = [activity async for activity in host.detect(seconds_of_silence(3))]
    assert sum(len(activity.probabilities) for activity in activities) == -(-3 * 16_000 // 512)


async def test_an_error_of_the_recording_reaches_the_reader(start_host):
    host = await start_host(Capability.TRANSCRIPTION)

    async def damaged():
        yield Pcm.silence(1.0, 16_000)
        raise AudioUnreadable("damaged")

    with pytest.raises(AudioUnreadable):
        async for _ in host.transcribe(damaged(), TranscribeOptions()):
            pass


async def test_a_reader_that_stops_leaves_nothing_behind(start_host):
    host = await start_host(Capability.SPEECH)
    child = psutil.Process(host.process_id) if host.process_id is not None else None
    threads_at_rest = child.num_threads() if child is not None else 0
    for _ in range(20):
        async with aclosing(host.synthesize("x" * 5_000, TONE)) as speeches:
            await anext(speeches)
    assert len(await say(host, "still here")) == 10 * 0.06 * 24_000
    while child is not None and child.num_threads() > threads_at_rest:  # pytest-timeout bounds it
        await asyncio.sleep(0.01)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("voxhelm-")]


async def test_a_recording_is_closed_when_its_reader_stops(start_host):
    host = await start_host(Capability.TRANSCRIPTION)
    closed = asyncio.Event()

    async def endless():
        try:
            while True:
                yield Pcm.silence(1.0, 16_000)
        finally:
            closed.set()

    async with aclosing(host.transcribe(endless(), TranscribeOptions())) as segments:
        await anext(segments)
    async with asyncio.timeout(5):
        await closed.wait()


async def test_a_slow_reader_is_not_flooded():
    """The engine may be ahead by the window and no more."""
    host = await ProcessHost.load(FAKE_ENGINE, ModelSpec("fake-speech", "fake", Capability.SPEECH, ("en",)), Placement())
    try:
        async with aclosing(host.synthesize("x" * 100_000, TONE)) as speeches:
            await anext(speeches)
            child = psutil.Process(host.process_id)
            before = None
            while before != (before := child.cpu_times()):
                await asyncio.sleep(0.2)  # until the child makes no more progress
            gc.collect()
            inbox = host._connection._inboxes[1]
            assert inbox.qsize() <= 32
    finally:
        await host.stop()


async def fake_process(model_id="fake-speech"):
    return await ProcessHost.load(FAKE_ENGINE, ModelSpec(model_id, "fake", Capability.SPEECH, ("en",)), Placement())


async def test_every_open_stream_of_a_killed_host_gets_one_clear_error():
    host = await fake_process()
    streams = [host.synthesize("x" * 100_000, TONE) for _ in range(3)]
    for stream in streams:
        await anext(stream)
    os.kill(host.process_id, signal.SIGKILL)
    for stream in streams:
        with pytest.raises(EngineCrashed, match="SIGKILL"):
            async for _ in stream:
                pass
    assert await host.ended == "killed by SIGKILL"
    await host.stop()


async def test_a_stream_opened_on_a_dead_host_fails_at_once():
    host = await fake_process()
    os.kill(host.process_id, signal.SIGKILL)
    await host.ended
    with pytest.raises(EngineCrashed):
        await say(host, "hello")
    await host.stop()


async def test_a_model_that_cannot_load_says_why_and_leaves_no_process():
    before = set(psutil.Process().children())
    with pytest.raises(ModelLoadFailed, match="no-such-model"):
        await fake_process("no-such-model")
    assert set(psutil.Process().children()) == before


async def test_stopping_frees_the_process_and_its_descriptors():
    descriptors = psutil.Process().num_fds()
    host = await fake_process()
    await host.stop()
    assert not psutil.pid_exists(host.process_id)
    assert await host.ended == "unloaded"
    assert psutil.Process().num_fds() == descriptors


async def test_a_host_may_not_dump_core():
    host = await fake_process()
    assert psutil.Process(host.process_id).rlimit(psutil.RLIMIT_CORE) == (0, 0)
    await host.stop()


async def test_ctrl_c_of_the_terminal_is_left_to_the_server():
    host = await fake_process()
    os.kill(host.process_id, signal.SIGINT)
    assert len(await say(host, "hello"))
    await host.stop()


async def test_a_host_that_is_stopped_in_the_middle_of_its_work_leaves_in_order(capfd):
    """The server closes its side with unread frames in it, which resets the connection under the host."""
    for _ in range(5):
        host = await fake_process()
        stream = host.synthesize("x" * 100_000, TONE)
        await anext(stream)
        await host.stop()
        await stream.aclose()
        assert host._process.returncode == 0
    assert "Traceback" not in capfd.readouterr().err


async def test_turns_travel_with_the_names_of_known_speakers(start_host):
    def tone(hertz, seconds):
        return Pcm((8_000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * 16_000)) / 16_000)).astype(np.int16), 16_000)

    async def two_voices():
        yield tone(300, 1.0)
        yield tone(700, 2.0)

    host = await start_host(Capability.DIARIZATION)
    options = DiarizeOptions((KnownSpeaker("Ева", tone(700, 2.5)),))
    turns = [turn async for turn in host.diarize(two_voices(), options)]
    assert [(turn.speaker, turn.start_seconds, turn.end_seconds) for turn in turns] == [
        ("300 Hz", 0.0, pytest.approx(1.0)),
        ("Ева", pytest.approx(1.0), pytest.approx(3.0)),
    ]


async def test_a_guess_about_a_turn_travels(start_host):
    async def a_tone_and_a_pause():
        yield Pcm(np.full(16_000, 8_000, dtype=np.int16), 16_000)
        yield Pcm.silence(0.2, 16_000)

    host = await start_host(Capability.TURN)
    assert [guess.probability async for guess in host.judge(a_tone_and_a_pause())] == [0.9]
