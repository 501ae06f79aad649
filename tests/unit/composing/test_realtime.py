import pytest

from voxhelm.composing.realtime import compose_assistants
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.sections.realtime import RealtimeSettings


def test_the_assistants_are_those_of_the_settings(tmp_path):
    assert compose_assistants(RealtimeSettings()).names == ("echo",)
    script = tmp_path / "script.yaml"
    script.write_text("otherwise: Pardon?")
    assert compose_assistants(RealtimeSettings(assistant="scripted", script_file=script)).names == ("scripted", "echo")


def test_an_assistant_that_is_none_is_refused():
    with pytest.raises(ConfigurationInvalid, match=r"'realtime.assistant' is 'hal'.*There are: echo"):
        compose_assistants(RealtimeSettings(assistant="hal"))


def test_a_script_that_is_not_right_is_refused(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text("rules: 1")
    with pytest.raises(ConfigurationInvalid, match="script"):
        compose_assistants(RealtimeSettings(script_file=script))
