from dataclasses import replace

import numpy as np
import pytest

from tests.unit.engines.whisper.conftest import RATE_HZ, clip
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.whisper.job import FRAMES, Job
from voxhelm.engines.whisper.loading import LoadingOptions
from voxhelm.engines.whisper.recogniser import Recogniser
from voxhelm.engines.whisper.runtime import open_runtime

SPEC = ModelSpec("test", "faster-whisper", Capability.TRANSCRIPTION, ("en",))


@pytest.fixture(scope="module")
def recogniser(english):
    with open_runtime(english, LoadingOptions.of(SPEC, Placement())) as runtime:
        yield Recogniser(runtime, beam_size=5)


@pytest.fixture(scope="module")
def linguist(multilingual):
    with open_runtime(multilingual, LoadingOptions.of(SPEC, Placement())) as runtime:
        yield Recogniser(runtime, beam_size=5)


def job_of(recogniser, samples=None, **options):
    samples = clip() if samples is None else samples
    return Job(recogniser.features(samples), min(FRAMES, len(samples) * 100 // RATE_HZ), **options)


def text_of(recogniser, heard):
    return [recogniser.text(span.tokens) for span in heard.writing.spans]


def test_what_is_behind_the_sound_looks_like_silence_and_not_like_zeros(recogniser):
    padded = recogniser.features(clip())
    spoken = recogniser.features(np.concatenate((clip(), np.zeros(RATE_HZ * 27, dtype=np.int16))))
    assert padded.shape == spoken.shape == (80, FRAMES)
    assert np.abs(padded - spoken).max() < 1e-3


def test_nothing_but_silence_can_be_looked_at(recogniser):
    assert recogniser.features(np.zeros(RATE_HZ, dtype=np.int16)) == pytest.approx(-1.5)


def test_a_window_longer_than_the_network_is_cut(recogniser):
    assert recogniser.features(np.zeros(RATE_HZ * 31, dtype=np.int16)).shape == (80, FRAMES)


def test_a_window_is_heard_in_spans(recogniser):
    (heard,) = recogniser.hear([job_of(recogniser, language="en")])
    assert text_of(recogniser, heard) == [" The quick brown fox.", " It jumps over lazy dogs."]
    assert [(span.start_seconds, span.end_seconds) for span in heard.writing.spans] == [(0, 0.8), (pytest.approx(0.9), 1.5)]
    assert heard.words == ((), ())
    assert heard.transcript.temperature == 0
    assert heard.language_probability == 1


def test_heard_together_is_as_heard_alone(recogniser):
    jobs = [job_of(recogniser, language="en", word_times=word_times) for word_times in (False, True, False)]
    alone = [recogniser.hear([job])[0] for job in jobs]
    together = recogniser.hear(jobs)
    assert together == alone
    assert [bool(words[0]) for words in (heard.words for heard in together)] == [False, True, False]


def test_words_are_given_when_they_are_asked_for_and_make_up_the_text(recogniser):
    (heard,) = recogniser.hear([job_of(recogniser, language="en", word_times=True)])
    assert ["".join(word.text for word in words) for words in heard.words] == text_of(recogniser, heard)
    assert all(0 <= word.confidence <= 1 for words in heard.words for word in words)


def test_the_language_is_found_unless_it_is_given(linguist):
    found, given = linguist.hear([job_of(linguist), job_of(linguist, language="de")])
    assert (found.language, given.language) == ("bg", "de")
    assert found.language_probability > 0.9
    assert given.language_probability == 1


def test_a_translation_is_another_text(linguist):
    said, meant = linguist.hear([job_of(linguist, language="bg"), job_of(linguist, language="bg", translated=True)])
    assert text_of(linguist, said) == [" The quick brown fox.", " It jumps over lazy dogs."]
    assert text_of(linguist, meant) == [" A fast animal leaps."]


def test_words_of_windows_in_several_languages_are_found_in_one_batch(linguist):
    jobs = [job_of(linguist, language=language, word_times=True) for language in ("bg", "de", "bg")]
    assert linguist.hear(jobs) == [linguist.hear([job])[0] for job in jobs]


def test_what_cannot_be_believed_is_tried_at_all_temperatures_and_the_others_are_left_alone(recogniser, monkeypatch):
    tried = []
    generate = recogniser._generate

    def doubtful(encoded, prompts, tokenizer, temperature):
        tried.append((temperature, len(prompts)))
        results = generate(encoded, prompts, tokenizer, temperature)
        return [Doubted(result) if len(prompts) == 1 or index == 1 else result for index, result in enumerate(results)]

    monkeypatch.setattr(recogniser, "_generate", doubtful)
    first, second = recogniser.hear([job_of(recogniser, language="en")] * 2)
    assert tried == [(0.0, 2), (0.2, 1), (0.4, 1), (0.6, 1), (0.8, 1), (1.0, 1)]
    assert first.transcript.average_log_probability > -0.1
    assert second.transcript.average_log_probability < -1


def test_a_window_in_which_nobody_spoke_has_no_text(recogniser, monkeypatch):
    generate = recogniser._generate
    monkeypatch.setattr(recogniser, "_generate", lambda *call: [Doubted(result, no_speech=0.9) for result in generate(*call)])
    (heard,) = recogniser.hear([job_of(recogniser, language="en")])
    assert heard.transcript.silent
    assert heard.writing.spans == ()


def test_prompt_and_keywords_stand_before_the_text_and_never_take_more_than_half_of_it(recogniser):
    assert recogniser.prefix(None, ()) == recogniser.prefix(" ", ()) == ()
    begin, *tokens = recogniser.prefix("so it was", ("Voxhelm", "Silero"))
    assert recogniser.text(tokens) == " Voxhelm, Silero so it was"
    assert begin not in tokens
    long = recogniser.prefix("x" * 999 + " the end", ("word",) * 999)
    assert len(long) == 224
    assert recogniser.text(long).endswith(" the end")


def test_jobs_with_prompts_of_different_lengths_are_kept_apart(recogniser):
    job = job_of(recogniser)
    keys = {job.key, replace(job, prefix=(1, 2)).key, replace(job, prefix=(3, 4)).key, replace(job, temperature=0.5).key}
    assert len(keys) == 3


class Doubted:
    """A result of the library, with other probabilities."""

    def __init__(self, result, no_speech=0.0):
        self.sequences_ids = result.sequences_ids
        self.scores = [-2.0]
        self.no_speech_prob = no_speech
