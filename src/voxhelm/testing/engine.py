"""An engine that costs nothing and can be predicted: for tests, and to measure everything around engines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.activity import Activity
from voxhelm.domain.engine import Capabilities, Engine, Finding, Model
from voxhelm.domain.errors import EngineFailed, VoiceNotFound
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.options import DiarizeOptions, SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.speech import Speech
from voxhelm.domain.turn import Turn
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.domain.voice import Voice
from voxhelm.domain.word import Word

FAKE_ENGINE: Final = "voxhelm.testing.engine:ENGINE"
RATE_HZ: Final = 24_000
INPUT_RATE_HZ: Final = 16_000
TONE_HZ: Final = 440.0
SECONDS_PER_CHARACTER: Final = 0.06
PIECE_SECONDS: Final = 0.5
WINDOW_SAMPLES: Final = 512
TURN_WINDOW_SECONDS: Final = 0.1
# Louder than this, mean absolute sample, is speech to the fake detector.
LOUD: Final = 200.0
# A text with this word in it makes the fake fail where it stands.
FAIL_WORD: Final = "fail-here"


class FakeSynthesizer:
    """Says every text as a tone of 0.06 s per character."""

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """As `domain.engine.Synthesizer`."""
        if options.voice not in ("tone", "ton"):
            raise VoiceNotFound(f"There is no voice '{options.voice}'.", param="voice")
        fails_at = text.find(FAIL_WORD)
        seconds_per_character = SECONDS_PER_CHARACTER / options.speed
        samples = round(len(text) * seconds_per_character * RATE_HZ)
        piece = round(PIECE_SECONDS * RATE_HZ)
        tone = (8_000 * np.sin(2 * np.pi * TONE_HZ * np.arange(min(samples, piece)) / RATE_HZ)).astype(np.int16)
        words = tuple(_words(text, seconds_per_character))
        for start in range(0, samples, piece):
            if 0 <= fails_at * seconds_per_character * RATE_HZ < start + piece and fails_at >= 0:
                raise EngineFailed("The fake engine was told to fail.")
            yield Speech(Pcm(tone[: min(piece, samples - start)], RATE_HZ), words if start == 0 else ())


class FakeTranscriber:
    """Hears one word for every second of sound, whatever it is."""

    def transcribe(self, audio: Iterator[Pcm], options: TranscribeOptions, /) -> Iterator[Segment]:
        """As `domain.engine.Transcriber`."""
        heard_seconds = 0.0
        told = 0
        for pcm in audio:
            heard_seconds += pcm.duration_seconds
            while told + 1 <= heard_seconds:
                word = Word(f"second{told + 1}", float(told), told + 1.0, 1.0)
                yield Segment(
                    word.text, word.start_seconds, word.end_seconds, (word,) if options.word_times else (), "en", -0.1, 0.0, 0.0
                )
                told += 1


class FakeDetector:
    """Takes everything that is not quiet for speech."""

    def detect(self, audio: Iterator[Pcm], /) -> Iterator[Activity]:
        """As `domain.engine.VoiceDetector`."""
        rest = np.zeros(0, dtype=np.int16)
        start_seconds = 0.0
        window_seconds = WINDOW_SAMPLES / INPUT_RATE_HZ
        for pcm in audio:
            rest = np.concatenate([rest, pcm.samples])
            count = len(rest) // WINDOW_SAMPLES
            if count:
                windows = rest[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)
                yield Activity(start_seconds, window_seconds, tuple(float(np.abs(window).mean() > LOUD) for window in windows))
                start_seconds += count * window_seconds
                rest = rest[count * WINDOW_SAMPLES :]
        if len(rest):
            yield Activity(start_seconds, window_seconds, (float(np.abs(rest).mean() > LOUD),))


class FakeDiarizer:
    """Takes the pitch of a tone for its speaker: everyone has a tone of a hundred hertz or so to himself."""

    def diarize(self, audio: Iterator[Pcm], options: DiarizeOptions, /) -> Iterator[Turn]:
        """As `domain.engine.Diarizer`."""
        names = {_pitch(one.sample.samples): one.name for one in options.known}
        start_samples, speaking = 0, 0
        position = 0
        for window in _windows(audio, round(TURN_WINDOW_SECONDS * INPUT_RATE_HZ)):
            pitch = _pitch(window)
            if pitch != speaking:
                if speaking:
                    yield _turn(start_samples, position, speaking, names)
                start_samples, speaking = position, pitch
            position += len(window)
        if speaking:
            yield _turn(start_samples, position, speaking, names)


class FakeTurnJudge:
    """Takes a turn for finished when its last tenth of a second is quiet."""

    def judge(self, audio: Iterator[Pcm], /) -> Iterator[TurnGuess]:
        """As `domain.engine.TurnJudge`."""
        last = None
        for pcm in audio:
            last = pcm.samples[-round(TURN_WINDOW_SECONDS * INPUT_RATE_HZ) :] if len(pcm.samples) else last
        if last is not None:
            yield TurnGuess(0.1 if float(np.abs(last).mean()) > LOUD else 0.9)


def _windows(audio: Iterator[Pcm], length: int) -> Iterator[NDArray[np.int16]]:
    rest = np.zeros(0, dtype=np.int16)
    for pcm in audio:
        rest = np.concatenate([rest, pcm.samples])
        while len(rest) >= length:
            yield rest[:length]
            rest = rest[length:]
    if len(rest):
        yield rest


def _pitch(samples: NDArray[np.int16]) -> int:
    """In hundreds of hertz; 0 for what is quiet."""
    if not len(samples) or float(np.abs(samples).mean()) <= LOUD:
        return 0
    crossings = int(np.count_nonzero(np.diff(np.signbit(samples))))
    return max(1, round(crossings * INPUT_RATE_HZ / len(samples) / 2 / 100))


def _turn(start_samples: int, end_samples: int, pitch: int, names: Mapping[int, str]) -> Turn:
    return Turn(start_samples / INPUT_RATE_HZ, end_samples / INPUT_RATE_HZ, names.get(pitch, f"{pitch}00 Hz"))


def _words(text: str, seconds_per_character: float) -> Iterator[Word]:
    offset = 0
    for token in text.split():
        offset = text.index(token, offset)
        end = offset + len(token)
        yield Word(token, offset * seconds_per_character, end * seconds_per_character, None, offset)
        offset = end


_MODELS: Final[dict[str, tuple[Capability, Callable[[], Model]]]] = {
    "fake-speech": (Capability.SPEECH, FakeSynthesizer),
    "fake-transcription": (Capability.TRANSCRIPTION, FakeTranscriber),
    "fake-voice-activity": (Capability.VOICE_ACTIVITY, FakeDetector),
    "fake-diarization": (Capability.DIARIZATION, FakeDiarizer),
    "fake-turn": (Capability.TURN, FakeTurnJudge),
}


def _discover(_directory: Path) -> Sequence[ModelSpec]:
    return [
        ModelSpec(model_id, "fake", capability, ("en", "bg") if capability is Capability.SPEECH else ("en",))
        for model_id, (capability, _) in _MODELS.items()
    ]


def _voices(_spec: ModelSpec) -> Sequence[Voice]:
    return [Voice("tone", "Tone", ("en-us",), "female"), Voice("ton", "Тон", ("bg",), None)]


@contextmanager
def _load(spec: ModelSpec, _placement: Placement) -> Iterator[Model]:
    yield _MODELS[spec.id][1]()


ENGINE: Final = Engine(
    name="fake",
    licence="Apache-2.0",
    capabilities=Capabilities(
        kinds=tuple(Capability),
        input_rate_hz=INPUT_RATE_HZ,
        word_times=True,
        speed=True,
        preference=-1,  # beside a real engine, `auto` never means the fake
    ),
    discover=_discover,
    voices=_voices,
    footprint=lambda _spec, _placement: Footprint({"cpu": 0}),
    load=_load,
    diagnose=lambda: [Finding("fake engine", True, "comes with Voxhelm, for tests")],
)
