import io
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest

from voxhelm.audio.decode import decode
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.encoding import OUTPUT_RATE_HZ, EncodingChain
from voxhelm.serving.progress import Progress


def tone(seconds, rate_hz):
    samples = 8_000 * np.sin(2 * np.pi * 500 * np.arange(round(seconds * rate_hz)) / rate_hz)
    return Pcm(samples.astype(np.int16), rate_hz)


def opened(data):
    """The samples of a file as they are in it, and their rate."""
    with av.open(io.BytesIO(data)) as file:
        frames = [frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]
        return np.concatenate(frames), file.streams.audio[0].rate


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1) as pool:
        yield pool


async def test_engines_of_different_rates_follow_each_other(threads):
    progress = Progress()
    chain = EncodingChain(AudioFormat.PCM, progress, threads)
    data = await chain.push(lambda: [tone(1.0, 16_000), tone(1.0, 22_050)])
    data += await chain.push(lambda: [tone(1.0, 8_000)])
    data += await chain.finish()
    chain.close()
    samples = np.frombuffer(data, dtype="<i2")
    assert len(samples) / OUTPUT_RATE_HZ == pytest.approx(3.0, abs=0.001)
    assert progress.audio_seconds == pytest.approx(3.0)
    for second in range(3):
        part = samples[second * OUTPUT_RATE_HZ + 2_000 : (second + 1) * OUTPUT_RATE_HZ - 2_000]
        assert np.count_nonzero(np.diff(np.signbit(part))) / 2 / (len(part) / OUTPUT_RATE_HZ) == pytest.approx(500, rel=0.01)


@pytest.mark.parametrize("audio_format", list(AudioFormat))
async def test_pieces_become_one_continuous_file(threads, audio_format):
    chain = EncodingChain(audio_format, Progress(), threads)
    data = b"".join([await chain.push(lambda: [tone(0.3, 22_050)]) for _ in range(10)]) + await chain.finish()
    chain.close()
    if audio_format is AudioFormat.PCM:
        assert len(data) / 2 / OUTPUT_RATE_HZ == pytest.approx(3.0, abs=0.001)
    else:
        assert sum(pcm.duration_seconds for pcm in decode(io.BytesIO(data))) == pytest.approx(3.0, abs=0.12)


async def test_closing_twice_does_no_harm(threads):
    chain = EncodingChain(AudioFormat.MP3, Progress(), threads)
    await chain.push(lambda: [tone(0.3, 22_050)])
    chain.close()
    chain.close()


@pytest.mark.parametrize("audio_format", [AudioFormat.WAV, AudioFormat.FLAC])
async def test_a_lossless_file_holds_the_very_samples_of_the_engine(threads, audio_format):
    chain = EncodingChain(audio_format, Progress(), threads)
    spoken = tone(1.0, 22_050)
    data = await chain.push(lambda: [spoken]) + await chain.finish()
    chain.close()
    samples, rate_hz = opened(data)
    assert rate_hz == 22_050
    assert np.array_equal(samples, spoken.samples)


@pytest.mark.parametrize(
    ("rates_hz", "file_hz"), [((22_050, 48_000), 22_050), ((16_000, 8_000), 16_000), ((8_000, 22_050), 24_000)]
)
async def test_a_file_has_the_rate_of_its_first_voice_unless_that_is_the_telephones(threads, rates_hz, file_hz):
    chain = EncodingChain(AudioFormat.WAV, Progress(), threads)
    data = b"".join([await chain.push(lambda rate_hz=rate_hz: [tone(1.0, rate_hz)]) for rate_hz in rates_hz]) + await chain.finish()
    chain.close()
    samples, rate_hz = opened(data)
    assert rate_hz == file_hz
    assert len(samples) / rate_hz == pytest.approx(2.0, abs=0.001)
