"""What every engine that speaks must do."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import psutil
import pytest

from voxhelm.domain.errors import BadRequest, VoiceNotFound
from voxhelm.domain.speech import Speech

HELLO = "Hello there."
SENTENCE = "The small boat drifts slowly down the river, past the old mill and under the bridge."
CHAPTER = " ".join(["The rain had stopped, and one after another people came out of their houses to look at the sky."] * 209)
assert len(CHAPTER) > 20_000

STRANGE_TEXTS = {
    "another script": "Здравей, свят! Добър ден.",
    "three scripts": "Hello, привет, 你好.",
    "right to left": "مرحبا بالعالم",
    "emoji": "Well done 🎉🎉 👩‍👩‍👧 👋🏽!",
    "only emoji": "🎉",
    "only punctuation": "?!... --- ;;;",
    "only spaces": " \n\t  ",
    "nothing": "",
    "control characters": "One\x00two\x01 80S three\x1b[31m four.",
    "markup": "<speak>Hello <b>you</b> &amp; me</speak> [[h@l'oU]]",
    "no end": "word " * 50,
    "a very long word": "supercalifragilistic" * 100,
    "many digits": "1234567890" * 30,
    "combining marks": "e" + "\u0301" * 50 + " cafe\u0301",
    "many lines": "one\n\n\ntwo\r\nthree\n" * 5,
}


def joined(pieces: list[Speech]) -> np.ndarray:
    return np.concatenate([piece.pcm.samples for piece in pieces])


def seconds(pieces: list[Speech]) -> float:
    return sum(piece.pcm.duration_seconds for piece in pieces)


def about(expected_seconds: float):
    """Equal, but for what an engine that lets the pitch flutter may differ from itself."""
    return pytest.approx(expected_seconds, rel=0.01, abs=0.03)


def words_of(pieces: list[Speech]):
    return [word for piece in pieces for word in piece.words]


def test_speech_is_16_bit_mono_at_one_rate(speaker):
    pieces = speaker.say(SENTENCE)
    assert {piece.pcm.samples.dtype for piece in pieces} == {np.dtype(np.int16)}
    assert {piece.pcm.samples.ndim for piece in pieces} == {1}
    assert len({piece.pcm.rate_hz for piece in pieces}) == 1
    assert all(len(piece.pcm.samples) for piece in pieces)


def test_a_greeting_takes_about_a_second_and_can_be_heard(speaker):
    pieces = speaker.say(HELLO)
    assert 0.3 < seconds(pieces) < 3
    samples = joined(pieces).astype(float)
    assert np.sqrt(np.mean(samples**2)) > 300
    assert np.abs(samples).max() > 3000


def test_a_longer_text_takes_longer(speaker):
    assert seconds(speaker.say(SENTENCE)) > 2 * seconds(speaker.say(HELLO))


def test_the_same_text_takes_the_same_time(speaker):
    first, second = speaker.say(SENTENCE), speaker.say(SENTENCE)
    assert seconds(first) == about(seconds(second))
    assert [word.text for word in words_of(first)] == [word.text for word in words_of(second)]


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.8, 1.5, 2.0, 4.0])
def test_speed_divides_the_duration(speaker, speed):
    if not speaker.engine.capabilities.speed:
        pytest.skip("this engine does not change its speed; the server does it")
    text = f"{SENTENCE} {SENTENCE}"
    natural, changed = seconds(speaker.say(text)), seconds(speaker.say(text, speed=speed))
    assert changed == pytest.approx(natural / speed, rel=0.2)


@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0])
def test_words_stand_where_the_text_has_them_and_sound_where_they_say(speaker, speed):
    if not speaker.engine.capabilities.word_times:
        pytest.skip("this engine does not tell when its words sound")
    text = f"Well… “{SENTENCE}” cost £3.50! Don't ask for well-known café №1. {SENTENCE}"
    pieces = speaker.say(text, speed=speed if speaker.engine.capabilities.speed else 1.0)
    words = words_of(pieces)
    assert [text[word.text_offset : word.text_offset + len(word.text)] for word in words] == [word.text for word in words]
    spoken = [word.text for word in words]
    assert {"small", "boat", "river", "Don't", "café", "bridge"} <= set(spoken)
    assert spoken.count("bridge") == 2
    assert all(word.end_seconds > word.start_seconds for word in words)
    assert all(left.end_seconds <= right.start_seconds + 1e-6 for left, right in pairwise(words))
    assert all(left.text_offset < right.text_offset for left, right in pairwise(words))
    assert words[0].start_seconds >= 0
    assert words[-1].end_seconds <= seconds(pieces) + 1e-6


def test_no_word_is_told_before_its_sound(speaker):
    heard = 0.0
    for piece in speaker.stream(f"{SENTENCE} {SENTENCE}"):
        heard += piece.pcm.duration_seconds
        assert all(word.start_seconds <= heard + 1e-6 for word in piece.words)


def test_sound_comes_before_all_of_it_is_made(speaker):
    stream = speaker.stream(" ".join([SENTENCE] * 5))
    first = next(stream)
    assert first.pcm.duration_seconds < seconds(list(stream))


def test_an_unknown_voice_is_refused_before_any_sound(speaker):
    with pytest.raises(VoiceNotFound):
        speaker.say(HELLO, voice="nobody-of-that-name")
    with pytest.raises(VoiceNotFound):
        speaker.say(HELLO, voice="")


def test_listed_voices_can_be_used(speaker):
    voices = speaker.voices
    for voice in voices[:: max(1, len(voices) // 40)]:
        assert speaker.say("One, two.", voice=voice.id, speed=2.0)


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS)
def test_a_strange_text_is_spoken_or_refused_and_harms_nobody(speaker, text):
    try:
        pieces = speaker.say(text, voice=speaker.quick_voice)
    except BadRequest:
        # A text in a script the voice cannot read may be refused; it must be before any sound.
        assert any(character.isalpha() and not character.isascii() for character in text)
        pieces = []
    for word in words_of(pieces):
        assert 0 <= word.text_offset < len(text)
    assert seconds(speaker.say(HELLO)) > 0.3


def test_four_callers_at_once_get_what_each_would_get_alone(speaker):
    texts = [f"{SENTENCE} {SENTENCE}", HELLO, "Number three says this.", f"{HELLO} {SENTENCE}"]
    speeds = [1.0, 1.0, 2.0, 0.5] if speaker.engine.capabilities.speed else [1.0] * 4
    alone = [speaker.say(text, speed=speed) for text, speed in zip(texts, speeds, strict=True)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text, speed: speaker.say(text, speed=speed), texts * 3, speeds * 3))
    for pieces, reference in zip(together, alone * 3, strict=True):
        assert seconds(pieces) == about(seconds(reference))
        assert [word.text_offset for word in words_of(pieces)] == [word.text_offset for word in words_of(reference)]


def test_a_slow_reader_holds_nobody_up(speaker):
    slow = speaker.stream(" ".join([SENTENCE] * 20), voice=speaker.quick_voice)
    next(slow)
    assert seconds(speaker.say(HELLO)) > 0.3
    slow.close()


def test_closing_stops_the_work_and_leaves_the_model_usable(speaker):
    # Were these finished first, the greeting would come after the test's time is up.
    for _ in range(60):
        stream = speaker.stream(CHAPTER, voice=speaker.quick_voice)
        next(stream)
        stream.close()
    assert seconds(speaker.say(HELLO)) > 0.3


@pytest.mark.slow
def test_a_chapter_is_never_held_in_memory(speaker):
    rest = speaker.stream(CHAPTER, voice=speaker.quick_voice)
    spoken_bytes = 0
    while spoken_bytes < 3_000_000:
        spoken_bytes += 2 * len(next(rest).pcm.samples)
    before_bytes = highest_bytes = resident_bytes()
    for piece in rest:
        spoken_bytes += 2 * len(piece.pcm.samples)
        highest_bytes = max(highest_bytes, resident_bytes())
    assert spoken_bytes > 30_000_000
    assert highest_bytes - before_bytes < 10_000_000


def resident_bytes() -> int:
    """Of this process and of the host processes below it."""
    process = psutil.Process()
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
