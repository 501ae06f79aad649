"""Whether a recording is one that a voice can be taken from. Pure: sound and times in, a verdict out."""

import io
import math
import wave
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import SampleUnsuited
from voxhelm.domain.pcm import Pcm

LEAST_SPEECH_SECONDS: Final = 3.0
MOST_SPEECH_SECONDS: Final = 30.0
# Engines learn a voice from what is loud and clear; below this a microphone was far away, or turned down.
QUIETEST_DBFS: Final = -40.0
# More samples than this at the end of the scale is a recording that was cut off there.
MOST_CLIPPED: Final = 0.005
CLIPPED: Final = 32_700
# What is between the words must be this much quieter than they are, where there is enough of it to tell.
LEAST_ABOVE_NOISE_DB: Final = 10.0
TELLING_SECONDS: Final = 0.5
# Kept around the speech, so that no word is cut.
MARGIN_SECONDS: Final = 0.2
SILENT_DBFS: Final = -120.0


def voice_sample(sound: Pcm, speech: Sequence[tuple[float, float]], param: str) -> Pcm:
    """The part of `sound` that a voice can be taken from.

    speech: when somebody speaks, in seconds from the beginning, in order of time. param: the field that the recording came in.
    Raises SampleUnsuited saying what is wrong with it, and what would be right.
    """
    spoken_seconds = sum(end - start for start, end in speech)
    if spoken_seconds < LEAST_SPEECH_SECONDS:
        raise SampleUnsuited(
            f"Somebody speaks for {spoken_seconds:.1f} s in this recording; a voice takes {LEAST_SPEECH_SECONDS:.0f} to "
            f"{MOST_SPEECH_SECONDS:.0f} s of one person speaking.",
            param=param,
        )
    if spoken_seconds > MOST_SPEECH_SECONDS:
        raise SampleUnsuited(
            f"There are {spoken_seconds:.0f} s of speech in this recording; cut it to {MOST_SPEECH_SECONDS:.0f} s or less.",
            param=param,
        )
    speaks = np.zeros(len(sound.samples), dtype=np.bool_)
    for start, end in speech:
        speaks[_index(start, sound) : _index(end, sound)] = True
    spoken = sound.samples[speaks]
    level_dbfs = _dbfs(spoken)
    if level_dbfs < QUIETEST_DBFS:
        raise SampleUnsuited(
            f"The recording is too quiet ({level_dbfs:.0f} dBFS). Record it closer to the microphone.", param=param
        )
    if float(np.mean(np.abs(spoken.astype(np.int32)) >= CLIPPED)) > MOST_CLIPPED:
        raise SampleUnsuited(
            "The recording is distorted: it was too loud for the microphone. Record it again, quieter.", param=param
        )
    between = sound.samples[~speaks]
    if len(between) >= TELLING_SECONDS * sound.rate_hz and level_dbfs - _dbfs(between) < LEAST_ABOVE_NOISE_DB:
        raise SampleUnsuited(
            f"What is between the words is only {level_dbfs - _dbfs(between):.0f} dB quieter than they are: noise, music or an echo. "
            "Record it in a quiet room.",
            param=param,
        )
    begin, end = _index(speech[0][0] - MARGIN_SECONDS, sound), _index(speech[-1][1] + MARGIN_SECONDS, sound)
    return Pcm(sound.samples[begin:end], sound.rate_hz)


def wav_file(sound: Pcm) -> bytes:
    """A WAV file, with its length in it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sound.rate_hz)
        writer.writeframes(sound.to_bytes())
    return file.getvalue()


def _index(seconds: float, sound: Pcm) -> int:
    return min(max(round(seconds * sound.rate_hz), 0), len(sound.samples))


def _dbfs(samples: NDArray[np.int16]) -> float:
    power = float(np.mean(np.square(samples.astype(np.float64)))) / 32_768.0**2 if len(samples) else 0.0
    return max(10 * math.log10(power), SILENT_DBFS) if power > 0 else SILENT_DBFS
