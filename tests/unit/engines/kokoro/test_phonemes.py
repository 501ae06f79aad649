import json

import pytest

from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.engines.kokoro.espeak import open_espeak
from voxhelm.engines.kokoro.installation import find_installation
from voxhelm.engines.kokoro.model import ESPEAK_VOICES
from voxhelm.engines.kokoro.phonemes import phonemes_of

INSTALLATION = find_installation()
VOCABULARY = set(json.loads(INSTALLATION.vocabulary.read_text())["vocab"])


@pytest.fixture(scope="module")
def espeak():
    with open_espeak(INSTALLATION) as opened:
        yield opened


@pytest.fixture
def phonemes(espeak):
    return lambda text, voice="gmw/en-US": phonemes_of(text, lambda clause: espeak.phonemes(clause, voice), VOCABULARY)


def test_punctuation_stays_where_it_was(phonemes):
    said = phonemes("Hello there, my friend. How (really) are you?")
    assert said.startswith("həlˈoʊ ðˈɛɹ, maɪ fɹˈɛnd. hˈaʊ (")
    assert said.endswith("?")


@pytest.mark.parametrize(
    ("text", "mark"), [("Wait… what?", "…"), ("One – two", "—"), ("«Oui»", "“"), ("你好。", "."), ("Why？", "?")]
)
def test_marks_become_those_that_the_network_knows(phonemes, text, mark):
    assert mark in phonemes(text)


def test_points_inside_numbers_and_words_are_no_punctuation(phonemes):
    assert "." not in phonemes("It costs 3.50 at example.com now")
    assert "pɔɪnt" in phonemes("3.5")


def test_only_known_symbols_are_left(phonemes):
    for text, voice in [("weekend", "roa/fr"), ("你好世界", "sit/cmn"), ("こんにちは", "jpx/ja"), ("नमस्ते", "inc/hi")]:
        said = phonemes(text, voice)
        assert said
        assert set(said) <= VOCABULARY


def test_a_change_of_language_is_not_spelt_out(phonemes):
    assert "(" not in phonemes("le weekend", "roa/fr")
    assert "wiːkˈɛnd" in phonemes("le weekend", "roa/fr")


@pytest.mark.parametrize("text", ["", "  \n", "?!... ---", "🎉", "\x00\x01"])
def test_nothing_to_say_has_no_phonemes(phonemes, text):
    assert phonemes(text) == ""


def test_controls_and_half_characters_do_no_harm(phonemes):
    assert phonemes("One\x00two \ud800 three") == phonemes("One two three")


@pytest.mark.parametrize("voice", ESPEAK_VOICES.values())
def test_every_language_of_a_voice_is_known_to_espeak(espeak, voice):
    assert espeak.phonemes("1 2 3", voice)


def test_two_copies_do_not_disturb_each_other(espeak):
    with open_espeak(INSTALLATION) as other:
        first = espeak.phonemes("hello there", "gmw/en-US")
        assert other.phonemes("chat", "roa/fr") != espeak.phonemes("chat", "gmw/en-US")
        assert espeak.phonemes("hello there", "gmw/en-US") == first
    assert espeak.phonemes("hello there", "gmw/en-US") == first


def test_sounds_that_are_given_stand_in_place_of_the_words(espeak):
    def say(clause):
        return espeak.phonemes(clause, "gmw/en-US")

    text = "One tomato, not two tomato."
    given = (Pronunciation(4, 10, "təmˈɑːtoʊ"), Pronunciation(20, 26, "t‿ʘ"))
    assert phonemes_of(text, say, VOCABULARY, given[:1]) == "wˌʌn təmˈɑːtoʊ, nˌɑːt tˈuː təmˈeɪɾoʊ."
    # What the network has no symbol for is left out, as anywhere.
    assert phonemes_of(text, say, VOCABULARY, given).endswith("tˈuː t.")
    assert phonemes_of("X.", say, VOCABULARY, (Pronunciation(0, 1, "ˈɛks"),)) == "ˈɛks."
