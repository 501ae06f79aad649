from voxhelm.engines.piper.words import place_words, spoken_words


def said(phonemes):
    """`ðə kæt.` as sentences of phonemes."""
    return [list(sentence) for sentence in phonemes.split("|")]


def places(text, phonemes, alone):
    flat = "".join(phonemes.split("|"))
    placed = place_words(text, said(phonemes), lambda word: said(alone[word]))
    return {(word.text, word.offset): flat[word.begin : word.end] for word in placed}


def test_words_are_what_stands_between_spaces_without_the_punctuation_around_it():
    text = " “Well-known” £3.50, isn't… — (yes)! "
    assert [word for word, _ in spoken_words(text)] == ["Well-known", "£3.50", "isn't", "yes"]
    assert all(text.startswith(word, offset) for word, offset in spoken_words(text))


def test_each_word_gets_its_group():
    alone = {"The": "ðə", "cat": "kˈæt", "sat": "sˈæt"}
    assert places("The cat sat.", "ðə kˈæt sˈæt.", alone) == {("The", 0): "ðə", ("cat", 4): "kˈæt", ("sat", 8): "sˈæt"}


def test_a_word_that_sounds_different_in_its_sentence_keeps_its_place():
    alone = {"a": "ˈeɪ", "cat": "kæt", "sat": "sæt"}
    assert places("a cat sat", "ɐ kæt sæt", alone) == {("a", 0): "ɐ", ("cat", 2): "kæt", ("sat", 6): "sæt"}


def test_two_words_said_as_one_share_it_in_proportion():
    alone = {"cat": "kæt", "in": "ɪn", "the": "ðə", "hat": "hæt"}
    heard = places("cat in the hat", "kæt ɪnðə hæt", alone)
    assert heard == {("cat", 0): "kæt", ("in", 4): "ɪn", ("the", 7): "ðə", ("hat", 11): "hæt"}


def test_a_word_said_as_several_has_all_of_them():
    alone = {"Paid": "peɪd", "£20": "twɛnti paʊndz", "now": "naʊ"}
    assert places("Paid £20 now", "peɪd twɛnti paʊndz naʊ", alone)["£20", 5] == "twɛnti paʊndz"


def test_a_merged_and_a_split_word_in_one_sentence_do_not_shift_the_rest():
    alone = {"in": "ɪn", "the": "ðə", "year": "jɪə", "1984": "naɪntin eɪti fɔ", "cats": "kæts"}
    heard = places("in the year 1984 cats", "ɪnðə jɪə naɪntin eɪti fɔ kæts", alone)
    assert heard["year", 7] == "jɪə"
    assert heard["1984", 12] == "naɪntin eɪti fɔ"
    assert heard["cats", 17] == "kæts"


def test_places_count_on_through_sentences():
    alone = {"One": "wʌn", "Two": "tu"}
    assert places("One. Two.", "wʌn.|tu.", alone) == {("One", 0): "wʌn", ("Two", 5): "tu"}


def test_a_word_without_sound_is_left_out():
    assert places("cat 🎉", "kæt", {"cat": "kæt", "🎉": ""}) == {("cat", 0): "kæt"}


def test_nothing_has_no_words():
    assert place_words("", [], lambda _word: []) == []
