from voxhelm.serving.quality_book import KEPT, QualityBook
from voxhelm.serving.voice_check import CheckedSentence, Verdict, VoiceCheck
from voxhelm.serving.voice_verdict import QualityOptions

OPTIONS = QualityOptions(bad_checks=2, good_checks=2)


def check(rate, verdict=None, voice="piper-bg/dimitar", recogniser="whisper 1", material="m"):
    verdict = verdict or (Verdict.GOOD if rate < 0.5 else Verdict.WORSE)
    sentences = (CheckedSentence("Добър ден", "обърден", rate, rate),)
    return VoiceCheck(
        "bg", voice, "piper-bg", "bg", "id", recogniser, material, 1.0, verdict, None, 0.5, None, 2, rate, rate, sentences
    )


def test_a_voice_is_degraded_after_two_bad_checks_and_well_after_two_good_ones():
    book = QualityBook(None, OPTIONS)
    book.add(check(1.0))
    assert not book.degraded
    book.add(check(1.0))
    assert book.degraded == {"piper-bg/dimitar"}
    book.add(check(0.0))
    assert book.degraded
    book.add(check(0.0))
    assert not book.degraded


def test_sentences_of_somebodys_own_are_kept_and_do_not_count():
    book = QualityBook(None, OPTIONS)
    for _ in range(3):
        record = book.add(check(1.0), counts=False)
    assert len(record.checks) == 3
    assert not book.degraded


def test_what_nobody_heard_says_nothing():
    book = QualityBook(None, OPTIONS)
    for verdict in (Verdict.UNHEARD, Verdict.FAILED):
        book.add(check(1.0, verdict))
    assert not book.records()


def test_results_are_kept_between_runs_and_the_sentences_of_the_last_one(tmp_path):
    path = tmp_path / "state" / "voices.json"
    first = QualityBook(path, OPTIONS)
    for rate in (0.1, 1.0, 1.0):
        first.add(check(rate))
    second = QualityBook(path, OPTIONS)
    assert second.degraded == {"piper-bg/dimitar"}
    (record,) = second.records()
    assert [one.word_error_rate for one in record.checks] == [0.1, 1.0, 1.0]
    assert [len(one.sentences) for one in record.checks] == [0, 0, 1]
    assert record.last.sentences[0].heard == "обърден"


def test_what_another_process_wrote_meanwhile_is_not_lost(tmp_path):
    path = tmp_path / "voices.json"
    one, other = QualityBook(path, OPTIONS), QualityBook(path, OPTIONS)
    one.add(check(0.1))
    other.add(check(0.2, voice="flite/slt"))
    one.add(check(0.3))
    assert {record.voice: len(record.checks) for record in QualityBook(path, OPTIONS).records()} == {
        "piper-bg/dimitar": 2,
        "flite/slt": 1,
    }


def test_only_results_of_the_same_recogniser_and_sentences_are_compared():
    book = QualityBook(None, OPTIONS)
    book.add(check(0.1))
    book.add(check(0.2, recogniser="whisper 2"))
    book.add(check(0.3, material="other"))
    assert book.earlier_rates("piper-bg/dimitar", "bg", "whisper 1", "m") == [0.1]


def test_bad_results_do_not_become_what_is_usual():
    book = QualityBook(None, OPTIONS)
    for rate, verdict in ((0.1, Verdict.GOOD), (0.4, Verdict.WORSE), (0.4, Verdict.WORSE)):
        book.add(check(rate, verdict))
    assert book.earlier_rates("piper-bg/dimitar", "bg", "whisper 1", "m") == [0.1]


def test_old_results_make_room(tmp_path):
    book = QualityBook(tmp_path / "voices.json", OPTIONS)
    for _ in range(KEPT + 5):
        book.add(check(0.1))
    assert len(book.record("piper-bg/dimitar", "bg").checks) == KEPT


def test_a_file_that_is_damaged_is_as_good_as_none(tmp_path):
    path = tmp_path / "voices.json"
    path.write_text("{")
    book = QualityBook(path, OPTIONS)
    assert not book.records()
    book.add(check(0.1))
    assert QualityBook(path, OPTIONS).records()
