"""The real recogniser on a short clip of one of flite's voices."""

import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from voxhelm.domain.engine import Transcriber
from voxhelm.domain.errors import Cancelled, EngineFailed, LanguageUnsupported, ShuttingDown
from voxhelm.domain.model import Placement
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.pocketsphinx.decoder import Token
from voxhelm.engines.pocketsphinx.engine import ENGINE
from voxhelm.engines.pocketsphinx.transcriber import LONGEST_UTTERANCE_SECONDS, PocketSphinxTranscriber, _utterances

DATA = Path(__file__).parents[3] / "data"
SAID = "these days a chicken leg is a rare dish"
WITH_WORDS = TranscribeOptions(word_times=True)


@pytest.fixture(scope="module")
def transcriber() -> Iterator[Transcriber]:
    (spec,) = ENGINE.discover(Path("models"))
    with ENGINE.load(spec, Placement()) as model:
        yield model


@pytest.fixture(scope="module")
def clip() -> Pcm:
    with wave.open(str(DATA / "heard-dish.wav")) as recording:
        return Pcm.from_bytes(recording.readframes(recording.getnframes()), recording.getframerate())


def pieces(pcm: Pcm, samples: int) -> Iterator[Pcm]:
    for start in range(0, len(pcm.samples), samples):
        yield Pcm(pcm.samples[start : start + samples], pcm.rate_hz)


def test_hears_what_was_said(transcriber: Transcriber, clip: Pcm) -> None:
    segments = list(transcriber.transcribe(iter([clip]), TranscribeOptions()))
    assert " ".join(segment.text for segment in segments) == SAID
    assert all(segment.language == "en" and segment.words == () for segment in segments)
    assert all(segment.average_log_probability is not None and segment.average_log_probability <= 0 for segment in segments)


def test_words_have_times_in_order_and_confidence(transcriber: Transcriber, clip: Pcm) -> None:
    (segment,) = transcriber.transcribe(iter([clip]), WITH_WORDS)
    assert [word.text for word in segment.words] == SAID.split()
    edges = [edge for word in segment.words for edge in (word.start_seconds, word.end_seconds)]
    assert edges == sorted(edges)
    assert edges[0] == segment.start_seconds >= 0
    assert edges[-1] == segment.end_seconds <= clip.duration_seconds
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in segment.words)


@pytest.mark.slow
def test_the_answer_does_not_depend_on_what_was_heard_before_nor_on_the_pieces(transcriber: Transcriber, clip: Pcm) -> None:
    first = list(transcriber.transcribe(iter([clip]), WITH_WORDS))
    noise = np.random.default_rng(1).normal(scale=9000, size=16_000).astype(np.int16)
    list(transcriber.transcribe(iter([Pcm(noise, 16_000)]), WITH_WORDS))
    list(transcriber.transcribe(iter([Pcm(clip.samples // 8, 16_000)]), WITH_WORDS))
    assert list(transcriber.transcribe(pieces(clip, 777), WITH_WORDS)) == first


@pytest.mark.slow
def test_two_callers_at_once_get_what_each_would_get_alone(transcriber: Transcriber, clip: Pcm) -> None:
    alone = list(transcriber.transcribe(iter([clip]), WITH_WORDS))
    heard: list[object] = []
    threads = [
        threading.Thread(target=lambda: heard.append(list(transcriber.transcribe(iter([clip]), WITH_WORDS)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [alone] * 3


@pytest.mark.parametrize("samples", [0, 1, 409, 410, 800, 16_000])
def test_silence_of_any_length_holds_no_words(transcriber: Transcriber, samples: int) -> None:
    assert list(transcriber.transcribe(iter([Pcm(np.zeros(samples, dtype=np.int16), 16_000)]), WITH_WORDS)) == []


def test_no_audio_at_all_holds_no_words(transcriber: Transcriber) -> None:
    assert list(transcriber.transcribe(iter([]), WITH_WORDS)) == []


def test_a_caller_that_leaves_ends_the_work_and_harms_nobody(transcriber: Transcriber, clip: Pcm) -> None:
    def leaving() -> Iterator[Pcm]:
        yield clip
        raise Cancelled("The caller has gone.")

    with pytest.raises(Cancelled):
        list(transcriber.transcribe(leaving(), WITH_WORDS))
    assert " ".join(segment.text for segment in transcriber.transcribe(iter([clip]), WITH_WORDS)) == SAID


def test_another_language_is_refused(transcriber: Transcriber, clip: Pcm) -> None:
    with pytest.raises(LanguageUnsupported, match="English only"):
        list(transcriber.transcribe(iter([clip]), TranscribeOptions(language="bg")))


def test_another_rate_is_refused(transcriber: Transcriber) -> None:
    with pytest.raises(EngineFailed, match="16000 Hz"):
        list(transcriber.transcribe(iter([Pcm.silence(0.1, 8_000)]), WITH_WORDS))


def test_nothing_is_written_to_the_terminal(clip: Pcm, capfd: pytest.CaptureFixture[str]) -> None:
    (spec,) = ENGINE.discover(Path("models"))
    with ENGINE.load(spec, Placement()) as model:
        list(model.transcribe(iter([clip]), WITH_WORDS))
    assert capfd.readouterr() == ("", "")


def test_an_unloaded_model_says_so(clip: Pcm) -> None:
    (spec,) = ENGINE.discover(Path("models"))
    with ENGINE.load(spec, Placement()) as model:
        pass
    with pytest.raises(ShuttingDown):
        list(model.transcribe(iter([clip]), WITH_WORDS))


@pytest.mark.parametrize("piece_seconds", [0.5, 7, 90])
def test_audio_over_the_limit_becomes_consecutive_utterances(piece_seconds: float) -> None:
    longest = int(LONGEST_UTTERANCE_SECONDS * 16_000)
    whole = Pcm(np.arange(longest * 2 + 5000, dtype=np.int32).astype(np.int16), 16_000)
    utterances = list(_utterances(pieces(whole, int(piece_seconds * 16_000))))
    assert [frame for frame, _ in utterances] == [0, longest // 160, 2 * longest // 160]
    assert np.array_equal(np.concatenate([samples for _, samples in utterances]), whole.samples)


@pytest.mark.parametrize(("log_probabilities", "heard"), [((-5.2,), []), ((-0.1, -3.9), ["two words"]), ((-8.0, -0.5), [])])
def test_what_is_surely_invented_is_left_out(log_probabilities: tuple[float, ...], heard: list[str]) -> None:
    class Pool:
        """Lends one decoder that finds these words in everything."""

        @contextmanager
        def borrow(self) -> Iterator["Pool"]:
            yield self

        def decode(self, _samples: object) -> list[Token]:
            words = ("two", "words")[: len(log_probabilities)]
            return [
                Token(word, 10 * at, 10 * at + 9, told)
                for at, (word, told) in enumerate(zip(words, log_probabilities, strict=True))
            ]

    transcriber = PocketSphinxTranscriber(Pool())  # type: ignore[arg-type]  # all that it uses of a pool
    segments = transcriber.transcribe(iter([Pcm.silence(1.0, 16_000)]), TranscribeOptions())
    assert [segment.text for segment in segments] == heard
