"""What `voxhelm import` writes does what is done where the other server's configuration is found."""

import dataclasses

import pytest
import yaml

from tests.dropin import test_chatterbox_tts_server, test_openedai_speech, test_speaches
from tests.dropin.deployment import Container

CONTAINERS = {
    "openedai-speech": test_openedai_speech.make_container,
    "chatterbox-tts-server": lambda folder: test_chatterbox_tts_server.make_container(folder, "/nowhere/python"),
    "speaches": test_speaches.make_container,
}


@pytest.mark.parametrize("server", CONTAINERS)
def test_the_settings_are_the_same_from_the_file_alone(tmp_path, server):
    container = CONTAINERS[server](tmp_path)
    found = container.settings()
    where = () if server == "speaches" else (".",)
    ran = container.run("import", server, *where, "--environment", "-o", "../moved.yaml")
    assert (ran.returncode, ran.stderr) == (0, "")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ours = {name: value for name, value in container.variables.items() if name.startswith("VOXHELM_")}
    bare = Container(elsewhere, dataclasses.replace(container.manifest, environment={}), ours)
    moved = yaml.safe_load(bare.run("config", "--config", "../moved.yaml").stdout)
    assert moved.pop("drop_in") == {"enabled": False, "directory": None}
    assert found.pop("drop_in") == {"enabled": True, "directory": None}
    assert moved == found
