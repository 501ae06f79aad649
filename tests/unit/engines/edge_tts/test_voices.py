import pytest

from voxhelm.engines.edge_tts.voices import PATTERN, VOICES, find_voice, listed_voices


def test_every_listed_voice_has_a_name_that_the_service_could_have():
    listed = listed_voices()
    assert len(listed) == 2 * len(VOICES)
    assert all(PATTERN.fullmatch(voice.id) for voice in listed)
    assert len({voice.id.lower() for voice in listed}) == len(listed)


def test_the_usual_country_of_a_language_comes_first():
    listed = listed_voices()
    for language, country in {"en": "en-us", "de": "de-de", "fr": "fr-fr", "zh": "zh-cn", "es": "es-es"}.items():
        assert next(voice.languages[0] for voice in listed if voice.languages[0].startswith(f"{language}-")) == country


def test_bulgarian_has_a_woman_and_a_man():
    assert [(voice.id, voice.gender) for voice in listed_voices() if "bg-bg" in voice.languages] == [
        ("bg-BG-KalinaNeural", "female"),
        ("bg-BG-BorislavNeural", "male"),
    ]


def test_norwegian_is_found_by_both_of_its_codes():
    assert next(voice.languages for voice in listed_voices() if voice.name == "Pernille") == ("nb-no", "no-no")


@pytest.mark.parametrize(
    ("name", "called", "languages"),
    [
        ("es-AR-ElenaNeural", "Elena", ("es-ar",)),
        ("zh-CN-liaoning-XiaobeiNeural", "Xiaobei", ("zh-cn-liaoning",)),
        ("en-US-AvaMultilingualNeural", "AvaMultilingual", ("en-us",)),
    ],
)
def test_a_voice_that_is_not_listed_is_understood_by_its_name(name, called, languages):
    voice = find_voice({}, name)
    assert voice is not None
    assert (voice.id, voice.name, voice.languages, voice.gender) == (name, called, languages, None)


@pytest.mark.parametrize("name", ["", "alloy", "es-AR-Elena", "es-ar-elenaneural", "es-AR-ElenaNeural\n", "x' rate='+900%Neural"])
def test_other_names_are_none_of_its_voices(name):
    assert find_voice({}, name) is None
