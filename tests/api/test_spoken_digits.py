"""A Whisper that has learnt digits, asked over HTTP what it understood.

Its training takes minutes, so these tests are marked slow. The model is kept in pytest's cache until the script that trains it, or what
it learns from, is another.
"""

import fcntl
import hashlib
import io
import shutil
import subprocess
import sys
import wave
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from openai import OpenAI

from tests.conftest import running_server

pytest.importorskip("autograd")
pytest.importorskip("ctranslate2")

from scripts.digit_whisper.examination import examine
from scripts.digit_whisper.speech import RATE_HZ, speakers
from voxhelm.engines.flite.installation import find_installation

ROOT = Path(__file__).parents[2]
INSTALLATION = find_installation()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(INSTALLATION is None, reason="flite, which says the digits, is not installed (apt install flite)"),
]

SAID, DIGITS = (4, 7, 1), "four seven one"  # kept from the training: see `held_out`


def fingerprint() -> str:
    """Of everything that the model depends on."""
    assert INSTALLATION is not None
    parts = [path.read_bytes() for path in sorted((ROOT / "scripts" / "digit_whisper").glob("*.py"))]
    parts += [(ROOT / "src/voxhelm/testing/models/whisper_files.py").read_bytes(), INSTALLATION.library.read_bytes()]
    parts += [name.encode() for name in (*INSTALLATION.voices, *map(version, ("numpy", "faster-whisper", "soxr", "ctranslate2")))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@pytest.fixture(scope="session")
def models(request) -> Path:
    """A models directory with the trained model in it."""
    cache = Path(request.config.cache.mkdir("digit-whisper"))
    directory = cache / fingerprint()
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another test process may be at it
        if not directory.exists():
            for old in cache.glob("*/"):
                shutil.rmtree(old)
            fresh = cache / "unfinished"
            command = [sys.executable, "-m", "scripts.digit_whisper", "--output", str(fresh / "digit-whisper"), "--examine", "0"]
            subprocess.run(command, cwd=ROOT, check=True)
            fresh.rename(directory)
    return directory


@pytest.fixture(scope="session")
def voices():
    with speakers() as found:
        yield found


@pytest.fixture(scope="module")
def client(models, tmp_path_factory):
    with (
        running_server(tmp_path_factory.mktemp("server"), VOXHELM_MODELS__DIRECTORY=str(models)) as server,
        OpenAI(base_url=f"{server.url}/v1", api_key="not-needed", max_retries=0) as one,
    ):
        yield one


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), dtype=np.float32)


def hear(client, *parts, **options):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.concatenate(parts) * 32_767).astype("<i2").tobytes())
    return client.audio.transcriptions.create(
        model="digit-whisper", file=("digits.wav", content.getvalue()), **({"response_format": "text"} | options)
    )


@pytest.mark.parametrize("voice", INSTALLATION.voices if INSTALLATION else ())
def test_digits_it_never_learnt_together_are_understood(client, voices, voice):
    assert hear(client, voices.say(SAID, voice).samples).strip() == DIGITS


def test_words_are_found_where_they_were_said(client, voices):
    said = voices.say(SAID, "slt")
    answer = hear(client, silence(1.5), said.samples, response_format="verbose_json", timestamp_granularities=["word"])
    assert [word.word for word in answer.words] == DIGITS.split()
    flat = [moment for word in answer.words for moment in (word.start, word.end)]
    assert all(left <= right for left, right in pairwise(flat))
    assert 0 <= flat[0] <= flat[-1] <= 1.5 + len(said.samples) / RATE_HZ
    true = [1.5 + moment for place in said.seconds for moment in place]
    assert flat == pytest.approx(true, abs=0.25)


def test_a_segment_begins_and_ends_with_its_words(client, voices):
    said = voices.say(SAID, "slt")
    answer = hear(client, said.samples, silence(5), voices.say((2, 4), "rms").samples, response_format="verbose_json")
    first, second = answer.segments
    assert (first.text.strip(), second.text.strip()) == (DIGITS, "two four")
    assert (first.start, first.end) == (pytest.approx(said.seconds[0][0], abs=0.3), pytest.approx(said.seconds[-1][1], abs=0.3))
    assert second.start > first.end + 4


def test_in_silence_and_in_noise_it_hears_nothing(client):
    noise = 0.003 * np.random.default_rng(1).standard_normal(3 * RATE_HZ)
    assert hear(client, silence(3), noise).strip() == ""


def test_of_a_hundred_strings_it_never_learnt_few_digits_are_wrong(models, voices):
    result = examine(models, voices, 100)
    assert result.digit_error_rate < 0.05
    assert np.median(result.word_time_errors_seconds) < 0.1
