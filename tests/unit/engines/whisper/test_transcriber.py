import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from tests.unit.engines.whisper.conftest import RATE_HZ, clip, loaded, silence
from voxhelm.domain.errors import LanguageUnsupported, ModelUnsuited
from voxhelm.domain.options import Chunking, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.job import Heard
from voxhelm.engines.whisper.judgement import Transcript
from voxhelm.engines.whisper.languages import among, settled
from voxhelm.engines.whisper.timestamps import Span, Writing
from voxhelm.engines.whisper.transcriber import WhisperTranscriber
from voxhelm.testing.models.whisper import write_tiny_whisper

SENTENCES = ["The quick brown fox.", "It jumps over lazy dogs."]


@pytest.fixture(scope="module")
def hearer(english):
    with loaded(english) as model:
        yield model


@pytest.fixture(scope="module")
def linguist(multilingual):
    with loaded(multilingual) as model:
        yield model


def hear(model, samples, **options):
    return list(model.transcribe(iter([Pcm(samples, RATE_HZ)]), TranscribeOptions(**options)))


def texts(segments):
    return [segment.text for segment in segments]


def test_segments_are_sentences_in_the_recordings_time(hearer):
    first, second = hear(hearer, np.concatenate((silence(5), clip(), silence(3))))
    assert texts([first, second]) == SENTENCES
    assert 4.7 < first.start_seconds < first.end_seconds <= second.start_seconds < second.end_seconds < 7.5
    assert first.language == "en"
    assert first.temperature == 0
    assert first.average_log_probability is not None
    assert first.no_speech_probability is not None
    assert first.tokens


def test_words_carry_no_white_space_and_lie_within_their_segment(hearer):
    for segment in hear(hearer, clip(), word_times=True):
        assert " ".join(word.text for word in segment.words) == segment.text
        assert all(segment.start_seconds <= word.start_seconds <= word.end_seconds <= segment.end_seconds for word in segment.words)


def test_hours_are_heard_in_windows_and_every_window_is_heard_once(hearer, speech):
    pause = silence(2.5)
    recording = np.concatenate([part for _ in range(12) for part in (speech, pause)])
    segments = hear(hearer, recording)
    assert texts(segments) == SENTENCES * 12
    starts = [segment.start_seconds for segment in segments]
    assert starts == sorted(starts)


def test_segments_come_while_the_recording_is_still_being_read(hearer, speech):
    read = []

    def audio():
        for start in range(0, 300 * RATE_HZ, RATE_HZ):
            read.append(start)
            yield Pcm(np.take(speech, range(start, start + RATE_HZ), mode="wrap"), RATE_HZ)

    stream = hearer.transcribe(audio(), TranscribeOptions())
    next(stream)
    assert len(read) < 40
    stream.close()


def test_silence_is_never_looked_at(hearer):
    assert hear(hearer, silence(90)) == []


def test_a_prompt_keywords_and_a_temperature_are_taken(hearer):
    assert texts(hear(hearer, clip(), prompt="So,", keywords=("fox", "dog"), temperature=0.3)) == SENTENCES


def test_a_language_the_model_does_not_hear_is_refused(hearer, linguist):
    assert texts(hear(hearer, clip(), language="en")) == SENTENCES
    for model in (hearer, linguist):
        with pytest.raises(LanguageUnsupported, match="'xx'") as raised:
            hear(model, clip(), language="xx")
        assert raised.value.param == "language"


def test_the_language_that_was_found_is_told(linguist):
    assert {segment.language for segment in hear(linguist, clip())} == {"bg"}
    assert {segment.language for segment in hear(linguist, clip(), language="de")} == {"de"}


def test_the_language_is_found_among_those_that_may_be_spoken(linguist):
    assert {segment.language for segment in hear(linguist, clip(), languages=("de", "fr"))} <= {"de", "fr"}
    assert {segment.language for segment in hear(linguist, clip(), languages=("xx", "bg"))} == {"bg"}


def test_languages_can_be_told_without_hearing(linguist, hearer, speech):
    def guesses(model, samples, languages=()):
        return list(model.detect_language(iter([Pcm(samples, RATE_HZ)]), languages))

    (guess,) = guesses(linguist, np.concatenate((silence(3), clip())))
    assert guess.probabilities[0][0] == "bg"
    assert sum(probability for _, probability in guess.probabilities) == pytest.approx(1)
    assert 2.5 < guess.start_seconds < guess.end_seconds < 6
    assert {language for language, _ in guesses(linguist, clip(), ("de", "fr"))[0].probabilities} == {"de", "fr"}
    assert guesses(linguist, silence(3)) == []
    with pytest.raises(ModelUnsuited):
        guesses(hearer, clip())


def test_where_the_recording_is_cut_is_the_callers_choice(hearer, speech):
    alone = hear(hearer, speech, chunking=Chunking(silence_seconds=0.1, padding_seconds=0.05))
    assert len(alone) > len(hear(hearer, speech))


def test_a_translation_is_english_and_an_english_model_cannot_make_one(linguist, hearer):
    assert texts(hear(linguist, clip(), translate=True)) == ["A fast animal leaps."]
    with pytest.raises(ModelUnsuited):
        hear(hearer, clip(), translate=True)


def test_a_segment_too_long_to_be_read_at_once_is_divided(tmp_path, speech):
    write_tiny_whisper(tmp_path, script=((0.0, "One sentence is this. Another, much longer, comes then.", 26.0),))
    with loaded(tmp_path) as model:
        segments = hear(model, np.concatenate((speech, speech, speech[: 4 * RATE_HZ])))
    assert " ".join(texts(segments)) == "One sentence is this. Another, much longer, comes then."
    assert len(segments) > 1
    assert not any(segment.words for segment in segments)


def test_what_the_network_did_not_finish_is_heard_again(tmp_path, speech):
    write_tiny_whisper(tmp_path, script=((0.0, "first", 4.0), (4.02, "second", None)))
    with loaded(tmp_path) as model:
        segments = hear(model, speech)
    # Eleven seconds: from 4 on again, from 8 on again, and then there is no room for another look.
    assert texts(segments) == ["first", "first", "first"]
    starts = [segment.start_seconds for segment in segments]
    assert np.diff(starts) == pytest.approx([4.02, 4.02], abs=0.05)


@pytest.mark.parametrize("batch_size", ["1", "2", "5"])
def test_how_many_windows_are_heard_together_makes_no_difference(english, hearer, speech, batch_size):
    recording = np.concatenate([part for _ in range(7) for part in (speech, silence(2.5))])
    with loaded(english, batch_size=batch_size) as model:
        assert hear(model, recording, word_times=True) == hear(hearer, recording, word_times=True)


def test_many_callers_get_what_each_would_get_alone(hearer, speech):
    recordings = [np.concatenate((silence(index / 4), speech[: RATE_HZ * (3 + index)])) for index in range(8)]
    alone = [hear(hearer, recording) for recording in recordings]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda recording: hear(hearer, recording), recordings)) == alone


def test_a_caller_who_says_nothing_holds_nobody_up(hearer):
    listening, may_end = threading.Event(), threading.Event()

    def quiet():
        yield Pcm(silence(1), RATE_HZ)
        listening.set()
        may_end.wait()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(lambda: list(hearer.transcribe(quiet(), TranscribeOptions())))
        listening.wait()
        assert texts(hear(hearer, clip())) == SENTENCES
        may_end.set()
        assert waiting.result() == []


class Polyglot:
    """A recogniser that takes the level of a window for its language, and how sure it is for what `sure` says of that."""

    multilingual = True

    def __init__(self, sure):
        self._sure = sure
        self.jobs = []

    def features(self, samples):
        return samples

    def prefix(self, prompt, keywords):
        return ()

    def text(self, tokens):
        return f"words {tokens[0]}"

    def hear(self, jobs):
        self.jobs += jobs
        return [self._heard(job) for job in jobs]

    def _heard(self, job):
        loud = np.abs(job.features).max() > 15_000
        ranked = [("en", self._sure), ("bg", 1 - self._sure)] if loud else [("bg", self._sure), ("en", 1 - self._sure)]
        language, probability = settled(among(ranked, job.languages), job.expected)
        span = Span(0.0, job.frames / 100, (7,))
        return Heard(Transcript((7,), 1.0, -0.1, 0.0, 0.0), Writing((span,), None), ((),), language, probability)


@pytest.mark.parametrize(
    ("sure", "languages", "heard"),
    [
        (0.95, (), ["bg", "en", "bg"]),
        # Not sure enough to believe that the speaker has changed the language, unless it may be one of these.
        (0.7, (), ["bg", "bg", "bg"]),
        (0.7, ("bg", "en"), ["bg", "en", "bg"]),
        (0.7, ("en",), ["en", "en", "en"]),
    ],
)
def test_the_language_may_change_on_the_way(speech, sure, languages, heard):
    session = get_vad_model().session
    recogniser = Polyglot(sure)
    model = WhisperTranscriber(recogniser, session, ("en", "bg"), batch_size=1, workers=1)
    quiet = (speech[: 4 * RATE_HZ].astype(np.int32) * 8_000 // np.abs(speech.astype(np.int32)).max()).astype(np.int16)
    loud = (quiet.astype(np.int32) * 4).clip(-32_768, 32_767).astype(np.int16)
    recording = np.concatenate((quiet, silence(4), loud, silence(4), quiet))
    assert [segment.language for segment in hear(model, recording, languages=languages)] == heard
