import pytest

from voxhelm.catalog.lexicon_file import read_lexicon
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.text.lexicon import LexiconEntry


def test_a_list_of_entries_is_read(tmp_path):
    path = tmp_path / "lexicon.yaml"
    path.write_text("- {word: SQL, say: sequel, language: en, match_case: true}\n- {word: НАП, ipa: nap}\n", encoding="utf-8")
    assert read_lexicon(path) == (LexiconEntry("SQL", "sequel", None, "en", None, True), LexiconEntry("НАП", ipa="nap"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("word: a", "is no list"),
        ("", "is no list"),
        ("- [", "cannot be read"),
        ("- a", "Entry 1 of the lexicon .* has no 'word'"),
        ("- {word: ok, say: a}\n- {word: b}", "Entry 2 .*'b'.*'say' or 'ipa'"),
        ("- {word: a, says: b}", "'says', which is not known"),
        ("- {word: 7, say: b}", "put it in quotes"),
        ("- {word: a, ipa: '[[x]]'}", "'a'.*not written in IPA"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    path = tmp_path / "lexicon.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationInvalid, match=told):
        read_lexicon(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationInvalid, match=r"none\.yaml"):
        read_lexicon(tmp_path / "none.yaml")
