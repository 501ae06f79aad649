"""A server whose voices and ears are parrots, so that tests know every word of a conversation, and what they say to it."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.conftest import Server, running_server
from voxhelm.audio.resample import resampled
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.testing.parrot_engine import PARROT_ENGINE, RATE_HZ, Ear, Mood, spoken

CLIENT_RATE_HZ = 24_000
LETTER_MS = 16
STORY = (
    "Once upon a time there was a king who lived in a castle on a hill by the sea. "
    "Every morning he looked out of the window and counted the ships in the harbour. "
    "One day there was a ship that he had never seen before. "
    "It was as black as the night and it had no sails and nobody was on board. "
    "The king put on his boots and went down to the harbour to look at it."
)
SCRIPT = f"""
rules:
  - when: story
    say: "{STORY}"
  - when: weather in (?P<city>\\w+)
    say: Let me see.
    call: {{name: get_weather, arguments: {{city: "{{city}}"}}}}
  - after_tool: get_weather
    say: "The weather is {{output}} today."
  - when: hello
    say: Good morning to you.
  - when: fail
    say: This is the beginning.
    failure: The assistant was told to fail.
"""


@contextmanager
def talking_server(directory: Path, otherwise: str = "I have not understood you.", **environment: str) -> Iterator[Server]:
    """A server that follows `SCRIPT`, and makes a reply hardly faster than it can be heard. otherwise: what is said to all else."""
    script = directory / "script.yaml"
    script.write_text(f"{SCRIPT}otherwise: {otherwise}\n", encoding="utf-8")
    settings = {
        "VOXHELM_MODELS__EXTRA_ENGINES": f'["{PARROT_ENGINE}"]',
        "VOXHELM_MODELS__OFFLINE": "true",
        "VOXHELM_REALTIME__ASSISTANT": "scripted",
        "VOXHELM_REALTIME__SCRIPT_FILE": str(script),
        "VOXHELM_REALTIME__RUN_AHEAD_SECONDS": "2",
    }
    with running_server(directory, **settings | environment) as server:
        yield server


def sound_of(text: str, before_seconds: float = 0.0, after_seconds: float = 0.0) -> bytes:
    """What a client sends when somebody says `text`: 24 kHz, 16 bits, with silence around it."""
    samples = np.concatenate([piece.samples for piece in resampled(Pcm(spoken(text), RATE_HZ), CLIENT_RATE_HZ)])
    silence = [np.zeros(round(seconds * CLIENT_RATE_HZ), np.int16) for seconds in (before_seconds, after_seconds)]
    return np.concatenate([silence[0], samples, silence[1]]).tobytes()


def words_in(sound: bytes) -> str:
    """What a parrot says in 24 kHz sound."""
    pcm = Pcm.from_bytes(sound[: len(sound) // 2 * 2], CLIENT_RATE_HZ)
    heard = np.concatenate([piece.samples for piece in resampled(pcm, RATE_HZ)])
    ear = Ear(Mood(ModelSpec("ear-a", "parrot", Capability.TRANSCRIPTION, ("en",))))
    return " ".join(segment.text for segment in ear.transcribe(iter([Pcm(heard, RATE_HZ)]), TranscribeOptions()))


def write_wav(path: Path, sound: bytes) -> Path:
    """24 kHz sound in a file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(CLIENT_RATE_HZ)
        file.writeframes(sound)
    return path
