from pathlib import Path

import pytest

from voxhelm.config import settings_of
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.openedai import EVERYWHERE, OpenedaiFacts, carry_over_openedai

ROOT = Path("/app")
VOICES = {
    "bg_BG-dimitar-medium": {},
    "en_US-lessac-medium": {},
    "en_US-libritts_r-medium": {0: "3922", 79: "1234", 134: "5717"},
}


def carried(voices=None, environment=None, **facts):
    document = {"tts-1": voices or {}}
    return carry_over_openedai(document, environment or {}, OpenedaiFacts(ROOT, VOICES, **facts), "map.yaml")


def logical(voices):
    values = carried(voices).values
    settings_of(values)  # they are settings
    return values.get("voices", {}).get("logical", {})


def test_a_voice_is_the_file_it_names_whatever_the_text_is_in():
    assert logical({"bg": {"model": "voices/bg_BG-dimitar-medium.onnx", "speaker": None}}) == {
        "bg": {"model": "bg_BG-dimitar-medium", "voice": "bg_BG-dimitar-medium"}
    }


@pytest.mark.parametrize(
    "model", ["en_US-lessac-medium", "voices/en_US-lessac-medium.onnx", "/app/voices/en_US-lessac-medium.onnx"]
)
def test_a_model_is_a_name_or_a_path(model):
    assert logical({"x": {"model": model}})["x"]["model"] == "en_US-lessac-medium"


@pytest.mark.parametrize("speaker", [79, "79", "1234"])
def test_a_speaker_is_a_number_or_a_name(speaker):
    voice = {"model": "en_US-libritts_r-medium", "voice": "1234"}
    assert logical({"alloy": {"model": "en_US-libritts_r-medium", "speaker": speaker}}) == {"alloy": voice}


def test_a_voice_for_each_language_is_one_name():
    voices = logical({"alloy": {"language": "auto", "en": {"model": "en_US-libritts_r-medium", "speaker": 134}, "es": {}}})
    assert voices == {"alloy": {"language": "auto", "by_language": {"en": {"model": "en_US-libritts_r-medium", "voice": "5717"}}}}


def test_a_language_that_is_said_decides():
    both = {"language": "bg", "bg": {"model": "bg_BG-dimitar-medium"}, "en": {"model": "en_US-lessac-medium"}}
    assert logical({"x": both}) == {"x": {"model": "bg_BG-dimitar-medium", "voice": "bg_BG-dimitar-medium"}}
    assert logical({"x": {"language": "de"}}) == {"x": {"language": "de"}}


def test_what_is_automatic_needs_no_entry_and_a_name_of_the_operators_does():
    assert logical({"auto": None, "alloy": {}, "shimmer": None, "mine": None}) == {"mine": {"language": "auto"}}


def test_what_is_not_on_the_disk_is_told_with_the_command_that_gets_it():
    one = carried({"fable": {"en": {"model": "en_GB-aru-medium", "speaker": 8}}, "x": {"model": "../secret.onnx"}})
    assert "voices" not in one.values
    assert [(left.what, left.instead) for left in one.left_behind] == [
        ("tts-1.fable.en", "`voxhelm pull piper:en_GB-aru-medium`, and start it again"),
        ("tts-1.x", "put both files into voices/, and start it again"),
    ]


def test_a_speaker_that_is_not_there_is_told_and_the_first_one_speaks():
    one = carried({"x": {"model": "en_US-libritts_r-medium", "speaker": "set your own speaker"}})
    assert one.values["voices"]["logical"]["x"]["voice"] == "en_US-libritts_r-medium"
    assert [left.what for left in one.left_behind] == ["tts-1.x.speaker"]


def test_xtts_speeds_replacements_and_recordings_are_told():
    facts = OpenedaiFacts(ROOT, VOICES, cloned=["me.wav"], replaces=True)
    document = {
        "tts-1": {"fast": {"model": "en_US-lessac-medium", "speed": 1.5}},
        "tts-1-hd": {"me": {"speaker": "voices/me.wav"}},
        "other": {},
    }
    one = carry_over_openedai(document, {}, facts, "map.yaml")
    told = [left.what for left in one.left_behind]
    assert told == ["tts-1-hd: me", "other", "config/pre_process_map.yaml", "voices/: me.wav", "tts-1.fast.speed"]


def test_it_listens_where_that_server_does_and_keeps_its_models_there():
    assert carried().values == {"server": {"host": EVERYWHERE, "port": 8000}, "models": {"directory": "/app/voices"}}


def test_its_environment_counts():
    environment = {"OPENEDAI_LOG_LEVEL": "INFO", "EXTRA_ARGS": "--port=9000 -H 127.0.0.1 --default-language bg --unload-timer 300"}
    values = carried(environment=environment).values
    assert values["server"] == {"host": "127.0.0.1", "port": 9000}
    assert (values["log"], values["speech"]) == ({"level": "info"}, {"default_language": "bg"})
    assert carried(environment={"OPENEDAI_LOG_LEVEL": "CRITICAL"}).values["log"] == {"level": "error"}


@pytest.mark.parametrize(
    ("document", "environment", "told"),
    [
        (["alloy"], {}, "map.yaml must be a mapping"),
        ({"tts-1": ["alloy"]}, {}, "tts-1 must be a mapping"),
        ({"tts-1": {"alloy": "x"}}, {}, "tts-1.alloy must be a mapping"),
        ({}, {"OPENEDAI_LOG_LEVEL": "loud"}, "must be one of"),
        ({}, {"EXTRA_ARGS": "--port high"}, "port must be a number"),
    ],
)
def test_what_cannot_be_meant_is_named(document, environment, told):
    with pytest.raises(ConfigurationInvalid, match=told):
        carry_over_openedai(document, environment, OpenedaiFacts(ROOT, VOICES), "map.yaml")
