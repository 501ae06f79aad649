import json
from pathlib import Path

import pytest

from voxhelm.config import json_schema, load_settings, setting_names
from voxhelm.domain.errors import ConfigurationInvalid


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The environment is read by the library itself, so it is set for real; the current directory has no configuration."""
    monkeypatch.chdir(tmp_path)

    def load(file=None, overrides=None, **variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load_settings(file, variables, **(overrides or {}))

    return load


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_defaults_are_local(environment):
    settings = environment()
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)


def test_the_file_in_the_current_directory_is_read(environment, tmp_path):
    write(tmp_path / "voxhelm.yaml", "server:\n  port: 9000\n")
    assert environment().server.port == 9000


def test_a_named_file_wins_over_it(environment, tmp_path):
    write(tmp_path / "voxhelm.yaml", "server:\n  port: 9000\n")
    assert environment(file=write(tmp_path / "other.yaml", "server: {port: 9001}")).server.port == 9001
    assert environment(VOXHELM_CONFIG=str(tmp_path / "other.yaml")).server.port == 9001


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(environment, tmp_path):
    file = write(tmp_path / "a.yaml", "server: {port: 9000, host: 10.0.0.1}\nspeech: {default_language: bg}")
    settings = environment(
        file=file, VOXHELM_SERVER__PORT="9002", VOXHELM_SERVER__HOST="10.0.0.2", overrides={"server": {"port": 9003}}
    )
    assert (settings.server.port, settings.server.host, settings.speech.default_language) == (9003, "10.0.0.2", "bg")


def test_lists_and_maps_come_from_the_environment_as_json_or_by_key(environment):
    settings = environment(VOXHELM_MODELS__PRELOAD='["espeak-ng"]', VOXHELM_MODELS__ALIASES__MINE="espeak-ng")
    assert settings.models.preload == ("espeak-ng",)
    assert settings.models.aliases == {"mine": "espeak-ng"}


def test_sizes_have_units(environment, tmp_path):
    assert (
        environment(file=write(tmp_path / "a.yaml", "server: {longest_upload_bytes: 10MiB}")).server.longest_upload_bytes
        == 10 * 1024**2
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("server: {prot: 1}", "Did you mean server.port"),
        ("servr: {port: 1}", "Did you mean server"),
        ("server: {port: high}", "'server.port'"),
        ("server: {port: 70000}", "less than or equal to 65535"),
        ("models: {time_to_live_seconds: -2}", "greater than or equal to -1"),
        ("server: [", "not valid YAML"),
        ("voices: {logical: {bg: {lang: bg}}}", "voices.logical.bg.lang"),
    ],
)
def test_what_is_wrong_is_named(environment, tmp_path, text, message):
    with pytest.raises(ConfigurationInvalid, match=message):
        environment(file=write(tmp_path / "a.yaml", text))


def test_every_mistake_is_told_at_once(environment, tmp_path):
    with pytest.raises(ConfigurationInvalid) as caught:
        environment(file=write(tmp_path / "a.yaml", "server: {prot: 1, port: high}\nlog: {level: loud}"))
    assert len(caught.value.message.splitlines()) == 3


def test_a_misspelt_variable_stops_the_start(environment):
    with pytest.raises(ConfigurationInvalid, match="Did you mean VOXHELM_SERVER__PORT"):
        environment(VOXHELM_SERVER__PROT="1")


def test_what_kubernetes_says_of_a_service_of_our_name_is_no_setting(environment):
    links = {"VOXHELM_PORT": "tcp://10.0.0.7:8000", "VOXHELM_API_PORT": "tcp://10.0.0.8:8000", "VOXHELM_SERVICE_HOST": "10.0.0.7"}
    links |= {"VOXHELM_SERVICE_PORT_HTTP": "8000", "VOXHELM_PORT_8000_TCP_ADDR": "10.0.0.7"}
    assert environment(**links).server.port == 8000
    with pytest.raises(ConfigurationInvalid, match="Did you mean VOXHELM_SERVER__PORT"):
        environment(VOXHELM_SERVER_PORT="9000")


def test_a_named_file_that_is_missing_stops_the_start(environment, tmp_path):
    with pytest.raises(ConfigurationInvalid, match="no configuration file"):
        environment(file=tmp_path / "gone.yaml")


def test_the_schema_names_every_setting(environment):
    schema = json.dumps(json_schema())
    for name in setting_names():
        assert f'"{name.split(".")[1]}"' in schema


def test_a_list_in_the_environment_that_is_no_json_is_explained(environment):
    with pytest.raises(ConfigurationInvalid, match="are JSON"):
        environment(VOXHELM_MODELS__PRELOAD="espeak-ng")


def test_the_home_directory_may_be_abbreviated(environment, tmp_path):
    directory = environment(file=write(tmp_path / "a.yaml", "models: {directory: ~/models}")).models.directory
    assert directory == Path.home() / "models"


def test_another_servers_configuration_is_found_and_ours_comes_first(environment, tmp_path):
    write(
        tmp_path / "config.yaml",
        "server: {port: 8004, host: 10.0.0.1}\ntts_engine: {device: cpu}\ngeneration_defaults: {language: de}",
    )
    settings = environment(file=write(tmp_path / "a.yaml", "server: {port: 9000}"), VOXHELM_SPEECH__DEFAULT_LANGUAGE="bg")
    assert (settings.server.host, settings.server.port, settings.speech.default_language) == ("10.0.0.1", 9000, "bg")
    assert settings.models.device == "cpu"


def test_another_servers_configuration_may_be_elsewhere_or_left_alone(environment, tmp_path):
    (tmp_path / "app").mkdir()
    write(tmp_path / "app" / "config.yaml", "server: {port: 8005}\ntts_engine: {device: cpu}")
    elsewhere = write(tmp_path / "a.yaml", f"drop_in: {{directory: {tmp_path / 'app'}}}")
    assert environment(file=elsewhere).server.port == 8005
    assert environment(file=elsewhere, VOXHELM_DROP_IN__ENABLED="false").server.port == 8000


def test_a_mapping_of_ours_is_added_to_another_servers(environment, tmp_path):
    write(tmp_path / "config.yaml", "model: {repo_id: turbo}\nserver: {}")
    settings = environment(file=write(tmp_path / "a.yaml", "models: {aliases: {mine: espeak-ng}}"))
    assert settings.models.aliases == {"chatterbox": "chatterbox-turbo", "turbo": "chatterbox-turbo", "mine": "espeak-ng"}
