from pathlib import Path

import yaml

from tests.unit.cli.program import RunVoxhelm
from voxhelm.config import load_settings

CONFIG = """
server: {port: 8005, ssl_certfile: cert.pem}
model: {repo_id: chatterbox-multilingual}
tts_engine: {device: cuda, predefined_voices_path: voices}
"""


def test_what_is_printed_is_a_configuration_and_what_is_lost_is_told(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    ran = voxhelm("import", "chatterbox-tts-server", str(tmp_path))
    assert ran.returncode == 0
    values = yaml.safe_load(ran.stdout)
    assert (values["server"]["port"], values["drop_in"]) == (8005, {"enabled": False})
    assert values["models"]["settings_by_engine"]["chatterbox"]["voices"] == str(tmp_path / "voices")
    assert b"Not carried over: server.ssl_certfile: HTTPS is a proxy's work" in ran.stderr
    assert b"# - server.ssl_certfile" in ran.stdout


def test_a_file_is_written_loads_and_is_not_replaced_unasked(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text("STT_MODEL_TTL=-1\nUVICORN_PORT=9\nAPI_KEY=a-secret\n")
    target = tmp_path / "to.yaml"
    assert voxhelm("import", "speaches", str(tmp_path / "a.env"), "-o", str(target)).returncode == 0
    assert "a-secret" not in target.read_text()
    assert load_settings(target, {}).identity.key_variables == ("API_KEY",)
    again = voxhelm("import", "speaches", str(tmp_path / "a.env"), "-o", str(target))
    assert (again.returncode, again.stdout) == (2, b"")
    assert b"--force replaces it" in again.stderr
    (tmp_path / "a.env").write_text("UVICORN_PORT=10\n")
    assert voxhelm("import", "speaches", str(tmp_path / "a.env"), "-o", str(target), "--force").returncode == 0
    assert yaml.safe_load(target.read_text())["server"]["port"] == 10


def test_the_environment_is_read_when_it_is_asked_for(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("import", "speaches", "--environment", STT_MODEL_TTL="60")
    assert yaml.safe_load(ran.stdout)["models"]["time_to_live_seconds_by_engine"]["faster-whisper"] == 60
    neither = voxhelm("import", "speaches", STT_MODEL_TTL="60")
    assert neither.returncode == 2
    assert b"--environment" in neither.stderr


def test_what_cannot_be_read_is_2_and_leaves_nothing(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("import", "openedai-speech", str(tmp_path), "-o", str(tmp_path / "to.yaml"))
    assert ran.returncode == 2
    assert b"voice_to_speaker.yaml cannot be read" in ran.stderr
    assert not (tmp_path / "to.yaml").exists()
    assert voxhelm("import", "whisper.cpp").returncode == 2
