"""Voices whose sound holds their text, and ears that read it back: for tests of what becomes of words, and of models that fail.

What a model is in the mood for stands in a file, `mood_file` in its settings (`models.settings_by_model`): `mumble`, `fail`, `die` or
`refuse`, and nothing, or no file, for doing well.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.engine import Capabilities, Engine, Finding, Model
from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.voice import Voice
from voxhelm.testing.engine import FakeDetector

PARROT_ENGINE: Final = "voxhelm.testing.parrot_engine:ENGINE"
RATE_HZ: Final = 16_000
LANGUAGES: Final = ("en", "bg")
BIT_SAMPLES: Final = 16
LETTER_BITS: Final = 16
LOUDNESS: Final = 8_000
# Quieter than this is silence.
QUIET: Final = 200
# So much silence is between two lines.
GAP_SAMPLES: Final = 400
# A line begins with so many samples above zero, and a bit below it.
LEAD_SAMPLES: Final = 64


class Mood:
    """What a model does next, as its file says."""

    def __init__(self, spec: ModelSpec) -> None:
        """spec: of the model."""
        self._name = spec.id
        self._file = Path(spec.settings["mood_file"]) if "mood_file" in spec.settings else None

    def now(self) -> str:
        """The mood; empty when it is good."""
        return self._file.read_text().strip() if self._file is not None and self._file.is_file() else ""

    def obey(self) -> None:
        """Fail, or die, if that is the mood."""
        mood = self.now()
        if mood == "die":
            os._exit(1)
        if mood == "fail":
            raise EngineFailed(f"'{self._name}' was told to fail.")


class Parrot:
    """Says a text so that `Ear` can read it."""

    def __init__(self, mood: Mood) -> None:
        """mood: when it mumbles, the first letter and the first space are lost."""
        self._mood = mood

    def synthesize(self, text: str, _options: SynthesizeOptions, /) -> Iterator[Speech]:
        """As `domain.engine.Synthesizer`."""
        self._mood.obey()
        said = text[1:].replace(" ", "", 1) if self._mood.now() == "mumble" else text
        yield Speech(Pcm(spoken(said), RATE_HZ))


class Ear:
    """Reads what `Parrot` says, a segment for each line."""

    def __init__(self, mood: Mood) -> None:
        """mood: whether it works."""
        self._mood = mood

    def transcribe(self, audio: Iterator[Pcm], _options: TranscribeOptions, /) -> Iterator[Segment]:
        """As `domain.engine.Transcriber`."""
        self._mood.obey()
        sound = np.concatenate([pcm.samples for pcm in audio])
        loud = np.flatnonzero(np.abs(sound) > QUIET)
        for line in np.split(loud, np.flatnonzero(np.diff(loud) > GAP_SAMPLES) + 1):
            if len(line):
                begin, end = int(line[0]), int(line[-1]) + 1
                yield Segment(heard(sound[begin:end]), begin / RATE_HZ, end / RATE_HZ)


def spoken(text: str) -> NDArray[np.int16]:
    """A text as sound: each letter as sixteen bits, above zero or below."""
    letters = np.array([ord(letter) for letter in text], dtype=">u2").view(np.uint8)
    bits = np.repeat(np.unpackbits(letters).astype(np.int16) * 2 - 1, BIT_SAMPLES)
    lead = np.concatenate([np.ones(LEAD_SAMPLES, np.int16), -np.ones(BIT_SAMPLES, np.int16)])
    return (np.concatenate([lead, bits]) * LOUDNESS).astype(np.int16)


def heard(sound: NDArray[np.int16]) -> str:
    """The text in the sound of one line."""
    # A resampler swings before a beginning; it does not swing so far.
    loudest = int(np.abs(sound.astype(np.int32)).max(initial=0))
    below = np.flatnonzero(sound < -loudest // 4)
    if not len(below):
        return ""
    first = int(below[0]) + BIT_SAMPLES + BIT_SAMPLES // 2
    bits = sound[first::BIT_SAMPLES] > 0
    letters = len(bits) // LETTER_BITS
    codes = np.packbits(bits[: letters * LETTER_BITS]).view(">u2")
    return "".join(map(chr, codes.tolist()))


def _discover(_directory: Path) -> Sequence[ModelSpec]:
    return [
        *(ModelSpec(model_id, "parrot", Capability.SPEECH, LANGUAGES) for model_id in ("parrot-a", "parrot-b")),
        *(ModelSpec(model_id, "parrot", Capability.TRANSCRIPTION, LANGUAGES) for model_id in ("ear-a", "ear-b")),
        ModelSpec("parrot-detector", "parrot", Capability.VOICE_ACTIVITY, ()),
    ]


def _voices(spec: ModelSpec) -> Sequence[Voice]:
    return [Voice(f"{spec.id}-{language}", f"Parrot {language}", (language,)) for language in LANGUAGES]


@contextmanager
def _load(spec: ModelSpec, _placement: Placement) -> Iterator[Model]:
    mood = Mood(spec)
    if mood.now() == "refuse":
        raise ModelLoadFailed(f"'{spec.id}' was told not to load.")
    if spec.capability is Capability.VOICE_ACTIVITY:
        yield FakeDetector()
    else:
        yield Parrot(mood) if spec.capability is Capability.SPEECH else Ear(mood)


ENGINE: Final = Engine(
    name="parrot",
    licence="Apache-2.0",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH, Capability.TRANSCRIPTION, Capability.VOICE_ACTIVITY),
        input_rate_hz=RATE_HZ,
        reads_figures=True,
        preference=1_000,  # who names this engine wants its models for everything
    ),
    discover=_discover,
    voices=_voices,
    footprint=lambda _spec, _placement: Footprint({"cpu": 0}),
    load=_load,
    diagnose=lambda: [Finding("parrot engine", True, "comes with Voxhelm, for tests")],
)
