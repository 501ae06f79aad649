import json

from tests.unit.cli.program import RunVoxhelm


def test_models_and_their_names_are_listed(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("models").stdout.decode().splitlines()
    assert any(line.split()[:4] == ["fake-speech", "fake", "speech", "en"] for line in lines)
    assert any(line.split()[:3] == ["whisper-1", "voxhelm", "transcription"] for line in lines)
    assert {"espeak-ng", "tts-1"} <= {model["id"] for model in json.loads(voxhelm("models", "--json").stdout)}
