"""A Voxhelm engine in one file: it plays every word as a tone, the longer the word the longer the tone."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.errors import VoiceNotFound
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.voice import Voice
from voxhelm.domain.word import Word

RATE_HZ = 24_000
SECONDS_PER_LETTER = 0.07
PAUSE_SECONDS = 0.05
PITCHES_HZ = {"low": 220.0, "high": 440.0}
WORD = re.compile(r"\w+(?:['’-]\w+)*")


class ToneSynthesizer:
    """Keeps nothing between calls, so any number of threads may speak at once without a lock."""

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield a tone and a pause for each word."""
        if options.voice not in PITCHES_HZ:
            raise VoiceNotFound(f"There is no voice '{options.voice}'. There are: {', '.join(PITCHES_HZ)}.", param="voice")
        return self._tones(text, PITCHES_HZ[options.voice], options.speed)

    def _tones(self, text: str, pitch_hz: float, speed: float) -> Iterator[Speech]:
        said_seconds = 0.0
        for match in WORD.finditer(text):
            # The caller may close this generator at any yield: what it has not asked for is never made.
            tone = _tone(pitch_hz, len(match[0]) * SECONDS_PER_LETTER / speed)
            pause = Pcm.silence(PAUSE_SECONDS / speed, RATE_HZ)
            word = Word(match[0], said_seconds, said_seconds + tone.duration_seconds, text_offset=match.start())
            yield Speech(Pcm(np.concatenate((tone.samples, pause.samples)), RATE_HZ), (word,))
            said_seconds += tone.duration_seconds + pause.duration_seconds


def _tone(pitch_hz: float, seconds: float) -> Pcm:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return Pcm((8_000 * np.sin(2 * np.pi * pitch_hz * times)).astype(np.int16), RATE_HZ)


def discover(_models_directory: Path) -> Sequence[ModelSpec]:
    """The one model. An engine with weights looks for them in the directory and returns what it finds."""
    return [ModelSpec(id="tone", engine="tone", capability=Capability.SPEECH, languages=("en",))]


def voices(_spec: ModelSpec) -> Sequence[Voice]:
    """One voice for each pitch."""
    return [Voice(id=name, name=name.capitalize(), languages=("en",)) for name in PITCHES_HZ]


@contextmanager
def load(_spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    """There is nothing to load. An engine with a runtime imports it here, and frees it after the yield."""
    yield ToneSynthesizer()


ENGINE = Engine(
    name="tone",
    licence="Apache-2.0",
    capabilities=Capabilities(kinds=(Capability.SPEECH,), word_times=True, speed=True),
    discover=discover,
    voices=voices,
    footprint=lambda _spec, _placement: Footprint({"cpu": 1_000_000}),
    load=load,
    diagnose=lambda: [Finding("tone", ok=True, detail="needs nothing but itself")],
)
