"""What is no speech is heard as nothing, by every recogniser that is installed: neither silence nor noise nor music becomes words."""

import numpy as np
import pytest

from tests.api.sounds import RATE_HZ, silence, tone, wav_of

SECONDS = 6.0
RANDOM = np.random.default_rng(1)


def white(loudness):
    return np.clip(RANDOM.normal(0, loudness, round(SECONDS * RATE_HZ)), -32_768, 32_767).astype(np.int16)


def pink():
    """Falls with the frequency, as wind and traffic do."""
    length = round(SECONDS * RATE_HZ)
    spectrum = np.fft.rfft(RANDOM.normal(0, 1, length)) / np.sqrt(np.maximum(1, np.arange(length // 2 + 1)))
    wave = np.fft.irfft(spectrum, length)
    return (9_000 * wave / np.abs(wave).max()).astype(np.int16)


def chords():
    """A plucked chord every half second, with overtones."""
    time = np.arange(RATE_HZ // 2) / RATE_HZ
    played = []
    for pitch in (220, 262, 196, 247, 330, 294) * 2:
        voices = [pitch * third * overtone for third in (1, 1.26, 1.498) for overtone in (1, 2, 3, 4)]
        chord = sum(np.sin(2 * np.pi * hertz * time) / (1 + index % 4) for index, hertz in enumerate(voices))
        played.append((9_000 * chord / np.abs(chord).max() * np.exp(-1.5 * time)).astype(np.int16))
    return np.concatenate(played)


def clicks():
    sound = silence(SECONDS)
    sound[:: RATE_HZ // 4] = 20_000
    return sound


SOUNDS = {
    "silence": lambda: silence(SECONDS),
    "hiss": lambda: white(30),
    "noise": lambda: white(2_000),
    "wind": pink,
    "hum": lambda: tone(50, SECONDS) + tone(100, SECONDS, 2_000),
    "beep": lambda: tone(440, SECONDS),
    "music": chords,
    "clicks": clicks,
}


@pytest.mark.parametrize("model", ["pocketsphinx-en-us", "polyglot"])
@pytest.mark.parametrize("name", SOUNDS)
def test_what_is_no_speech_is_heard_as_nothing(polyglot, model, name):
    """The made Whisper writes its sentences for whatever it is given, so it hears nothing only if nothing is given to it."""
    heard = polyglot.audio.transcriptions.create(model=model, file=(f"{name}.wav", wav_of(SOUNDS[name]())))
    assert (heard.text, heard.languages) == ("", [])
