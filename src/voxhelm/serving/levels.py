"""How loud each voice is by nature, and what makes all of them alike."""

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.loudness import Loudness
from voxhelm.domain.pcm import Pcm

# What speech is delivered at, between a podcast for loudspeakers and broadcasts; the built-in voices are near it by nature.
TARGET_LUFS: Final = -20.0
# Closer than this nobody hears a difference, and the samples stay as they are.
NEAR_LU: Final = 0.75
# A voice that is further away than this is not quiet but broken, or whispers.
MOST_DECIBELS: Final = 15.0
# After so much speech the measure moves by less than half a decibel, and measuring ends.
LEARNT_SECONDS: Final = 15.0
# The least that says something about a voice that was never heard.
FIRST_SECONDS: Final = 0.3


class Levels:
    """Learns how loud voices are while they speak. From any thread.

    A voice has one gain from one piece of speech to the next, so nothing pumps; it is learnt from the voice's first seconds and then kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measures: dict[tuple[str, str, int], Loudness] = {}
        self._gains: dict[tuple[str, str], float] = {}
        self._learnt: set[tuple[str, str]] = set()

    def gain(self, model_id: str, voice_id: str) -> float | None:
        """What to multiply the voice's samples by; None when it has never been heard."""
        return self._gains.get((model_id, voice_id))

    def hear(self, model_id: str, voice_id: str, pcm: Pcm) -> None:
        """Learn from what the voice says, as it came from the engine."""
        voice = (model_id, voice_id)
        if voice in self._learnt:
            return
        with self._lock:
            measure = self._measures.setdefault((*voice, pcm.rate_hz), Loudness(pcm.rate_hz))
            measure.push(pcm.samples)
            lufs = measure.lufs
            if lufs is None:
                return
            self._gains[voice] = gain_to(TARGET_LUFS, lufs)
            if measure.speech_seconds >= LEARNT_SECONDS:
                self._learnt.add(voice)
                del self._measures[(*voice, pcm.rate_hz)]


def gain_to(target_lufs: float, lufs: float) -> float:
    """What makes `lufs` into `target_lufs`, unless it is that already."""
    decibels = max(-MOST_DECIBELS, min(MOST_DECIBELS, target_lufs - lufs))
    # Whole steps, so that a measure that moves a little while it is learnt moves nothing that is heard.
    return 1.0 if abs(decibels) < NEAR_LU else float(10 ** (round(decibels) / 20))


def first_gain(sound: list[NDArray[np.int16]], rate_hz: int) -> float:
    """For a voice that was never heard, from its first moments."""
    measure = Loudness(rate_hz)
    joined = np.concatenate(sound)
    # A moment shorter than the standard's window counts as often as it takes.
    measure.push(np.tile(joined, 1 + 2 * rate_hz // max(1, 5 * len(joined))))
    lufs = measure.lufs
    return 1.0 if lufs is None else gain_to(TARGET_LUFS, lufs)
