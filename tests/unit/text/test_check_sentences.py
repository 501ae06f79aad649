import pytest

from voxhelm.text.check_sentences import CHECK_SENTENCES
from voxhelm.text.language import guess_language


@pytest.mark.parametrize("language", sorted(CHECK_SENTENCES))
def test_sentences_are_words_of_their_language_and_nothing_else(language):
    sentences = CHECK_SENTENCES[language]
    assert len(set(sentences)) == len(sentences) >= 4
    assert not any(letter.isdigit() for sentence in sentences for letter in sentence)
    assert guess_language(" ".join(sentences), default="xx") == language
