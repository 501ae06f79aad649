from concurrent.futures import ThreadPoolExecutor

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.piper.phonemizer import Phonemizer
from voxhelm.engines.piper.voice_file import read_voice_file


@pytest.fixture
def changed(voice_path):
    """A phonemizer for a description with something else in it."""
    description = voice_path.with_name(voice_path.name + ".json")

    def made(old="", new=""):
        description.write_text(description.read_text().replace(old, new))
        return Phonemizer(read_voice_file(voice_path))

    return made


def test_sentences_keep_their_punctuation(changed):
    assert ["".join(one) for one in changed().sentences("Hello, you. Good!")] == ["həlˈoʊ, juː.", "ɡˈʊd!"]


def test_each_phoneme_is_padded_and_one_that_the_voice_does_not_know_takes_no_place(changed):
    ids, begins = changed().ids(["a", "☂", "b"])
    (a, *_), (b, *_) = (changed().ids([letter])[0][2:] for letter in "ab")
    assert ids == [1, 0, a, 0, b, 0, 2]
    assert begins == [2, 4, 4, 6]


def test_a_language_that_espeak_does_not_know_is_told_at_once(changed):
    with pytest.raises(ModelLoadFailed, match=r"\.json asks for phonemes that cannot be made: .*xx-nowhere"):
        changed('"voice": "en-us"', '"voice": "xx-nowhere"')


def test_phonemes_of_an_unknown_kind_are_told_at_once(changed):
    with pytest.raises(ModelLoadFailed, match="runes"):
        changed('"phoneme_type": "espeak"', '"phoneme_type": "runes"')


def test_what_piper_would_fetch_from_the_network_is_asked_for(changed):
    with pytest.raises(ModelLoadFailed, match="g2pW"):
        changed('"phoneme_type": "espeak"', '"phoneme_type": "pinyin"')


def test_voices_of_several_languages_ask_from_several_threads_and_get_their_own(changed):
    english = changed()
    french = changed('"voice": "en-us"', '"voice": "fr"')
    text = "Bonjour, les garçons. " * 5
    alone = {one: one.sentences(text) for one in (english, french)}
    assert alone[english] != alone[french]
    with ThreadPoolExecutor(4) as threads:
        for one, made in threads.map(lambda one: (one, one.sentences(text)), [english, french] * 20):
            assert made == alone[one]
