from benchmarks.texts import passage, sentence


def test_no_two_sentences_of_a_run_are_alike() -> None:
    assert len({sentence(number) for number in range(8**5)}) == 8**5


def test_sentences_have_nearly_one_length() -> None:
    lengths = {len(sentence(number)) for number in range(0, 8**5, 37)}
    assert min(lengths) >= 125
    assert max(lengths) - min(lengths) <= 6


def test_a_passage_is_as_long_as_asked_to_a_sentence() -> None:
    assert passage(60, 5) == sentence(5)
    assert 20_000 <= len(passage(20_000)) + 1 < 20_000 + 150
