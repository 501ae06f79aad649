import pytest

from voxhelm.text.lexicon import Lexicon, LexiconEntry
from voxhelm.text.passage import Passage, Piece


def applied(text, *entries, language="en", voice="slt", model="flite"):
    return Lexicon(entries).applied(Passage.of(text), language=language, voice=voice, model=model)


def test_whole_words_are_replaced_whatever_their_case():
    passage = applied("SQL, sql and MySQL; sqlite.", LexiconEntry("sql", say="sequel"))
    assert passage.said == "sequel, sequel and MySQL; sqlite."
    assert passage.written == "SQL, sql and MySQL; sqlite."


def test_case_counts_where_it_is_said_to():
    assert applied("US and us", LexiconEntry("US", say="you ess", match_case=True)).said == "you ess and us"


def test_sounds_stand_beside_the_word_or_its_respelling():
    passage = applied("Voxhelm and SQL", LexiconEntry("Voxhelm", ipa="vˈɒks"), LexiconEntry("SQL", ipa="sˈiːkwəl", say="sequel"))
    assert [(piece.said, piece.ipa) for piece in passage.pieces if piece.ipa] == [("Voxhelm", "vˈɒks"), ("sequel", "sˈiːkwəl")]


def test_an_entry_counts_for_its_language_and_its_voice_only():
    entries = (LexiconEntry("read", say="red", language="bg"), LexiconEntry("lead", say="led", voice="flite/slt"))
    assert applied("read lead", *entries).said == "read led"
    assert applied("read lead", *entries, language="bg", voice="kal").said == "red lead"


def test_the_nearer_and_the_longer_entry_wins():
    entries = (
        LexiconEntry("York", say="a"),
        LexiconEntry("New York", say="b"),
        LexiconEntry("new  york", say="c", language="en"),
        LexiconEntry("York", say="d", voice="slt"),
    )
    assert applied("New York, York", *entries).said == "c, d"


def test_letters_of_any_script_and_signs_can_be_entries():
    assert (
        applied("НАП и C++", LexiconEntry("нап", say="на-пе"), LexiconEntry("C++", say="си плюс плюс")).said
        == "на-пе и си плюс плюс"
    )


def test_what_the_caller_has_decided_stays():
    fixed = Passage((Piece("sql", "sql", 0, 3, exact=False, fixed=True),))
    assert Lexicon([LexiconEntry("sql", say="sequel")]).applied(fixed, language="en", voice="v", model="m").said == "sql"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (LexiconEntry("...", say="a"), "no letter"),
        (LexiconEntry("a"), "'say' or 'ipa'"),
        (LexiconEntry("a", say="!"), "'say' has no letter"),
        (LexiconEntry("a", ipa="[[h@]]"), "not written in IPA"),
        (LexiconEntry("a", ipa="həˈləʊ"), None),
        (LexiconEntry("a", say="ay"), None),
    ],
)
def test_an_entry_says_what_is_wrong_with_it(entry, problem):
    found = entry.problem()
    assert found is None if problem is None else problem in found
