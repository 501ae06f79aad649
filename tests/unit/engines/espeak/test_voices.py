from pathlib import Path

import pytest

from voxhelm.domain.errors import VoiceNotFound
from voxhelm.engines.espeak.installation import find_installation
from voxhelm.engines.espeak.voices import VoiceFiles

FILES = {
    "en_dict": "",
    "bg_dict": "",
    "cmn_dict": "",
    "lang/gmw/en": "name English (Great Britain)\nlanguage en-gb  2\nlanguage en 2\n",
    "lang/gmw/en-US": "// a remark\nname English (America)\nlanguage en 3\nlanguage en-us 2\nphonemes en-us\n",
    "lang/zls/bg": "name Bulgarian\nlanguage bg\n",
    "lang/sit/cmn": "name Chinese\nlanguage cmn\nlanguage zh-cmn\n",
    "lang/sit/cmn-Latn": "name Chinese, in Latin letters\nlanguage cmn\ndictionary cmn\n",
    "lang/gmq/fo": "name Faroese\nlanguage fo\n",
    "voices/!v/f3": "language variant\nname female3\ngender female\n",
    "voices/!v/Mr serious": "## a remark\nlanguage variant\nname Mr Serious\ngender Male 40\n",
    "voices/!v/croak": "language variant\nname croak\n",
    "voices/mb/mb-de1": "name german-mbrola-1\nlanguage de\n",
}


@pytest.fixture
def files(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return VoiceFiles(tmp_path)


@pytest.fixture(scope="module")
def installed():
    installation = find_installation()
    assert installation is not None
    return VoiceFiles(installation.data)


def test_a_language_is_known_by_its_first_tag_and_lists_the_best_first(files):
    languages = {language.id: language.languages for language in files.languages}
    assert languages["en-gb"] == ("en-gb", "en")
    assert languages["en"] == ("en-us", "en")
    assert languages["bg"] == ("bg",)


def test_a_tag_that_is_taken_is_replaced_by_the_files_name(files):
    assert {"cmn", "cmn-latn"} <= {language.id for language in files.languages}


def test_a_language_without_a_dictionary_is_left_out(files):
    assert "fo" not in {language.id for language in files.languages}


def test_the_usual_variety_of_a_language_comes_first(files):
    ids = [language.id for language in files.languages]
    assert ids == ["bg", "cmn", "cmn-latn", "en-gb", "en"]


def test_every_language_is_listed_alone_and_with_every_variant(files):
    voices = {voice.id: voice for voice in files.voices()}
    assert len(voices) == 5 + 5 * 3
    assert voices["bg"].name == "Bulgarian"
    assert voices["bg"].gender is None
    assert voices["bg+f3"].name == "Bulgarian, female3"
    assert voices["bg+f3"].gender == "female"
    assert voices["bg+Mr serious"].gender == "male"
    assert voices["bg+croak"].gender is None


def test_voices_whose_data_is_not_there_are_not_listed(files):
    assert not [voice for voice in files.voices() if "mbrola" in voice.name or voice.id.startswith("de")]


@pytest.mark.parametrize(
    ("voice", "name"),
    [
        ("bg", "zls/bg"),
        ("bg+f3", "zls/bg+f3"),
        ("BG+F3", "zls/bg+f3"),
        ("en-us", "gmw/en-US"),
        ("en-gb", "gmw/en"),
        ("en", "gmw/en-US"),
        ("zh-cmn", "sit/cmn"),
        ("cmn-latn", "sit/cmn-Latn"),
        ("en-gb+mr serious", "gmw/en+Mr serious"),
    ],
)
def test_a_voice_leads_to_the_name_the_library_uses(files, voice, name):
    assert files.library_name(voice) == name


@pytest.mark.parametrize("voice", ["", "+", "+f3", "xx", "bg+", "bg+f99", "bg+f3+f3", "../zls/bg", "zls/bg", "bg ", "fo"])
def test_anything_else_is_no_voice(files, voice):
    with pytest.raises(VoiceNotFound):
        files.library_name(voice)


def test_the_wheel_brings_over_a_hundred_languages_bulgarian_among_them(installed):
    ids = {language.id for language in installed.languages}
    assert len(ids) > 100
    assert {"bg", "en-us", "en-gb", "en-gb-x-rp", "de", "fr-fr", "cmn", "es-419"} <= ids
    assert len(installed.variants) > 90


def test_every_listed_voice_of_the_wheel_leads_to_its_files(installed):
    installation = find_installation()
    assert installation is not None
    voices = list(installed.voices())
    assert len({voice.id.lower() for voice in voices}) == len(voices) == len(installed.languages) * (1 + len(installed.variants))
    for voice in voices:
        path, _, variant = installed.library_name(voice.id).partition("+")
        assert Path(path).name
        assert (installation.data / "lang" / path).is_file()
        assert not variant or (installation.data / "voices" / "!v" / variant).is_file()
