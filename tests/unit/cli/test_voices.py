import json

from tests.unit.cli.program import RunVoxhelm


def test_voices_of_a_language_are_listed(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("voices", "--language", "BG").stdout.decode().splitlines()
    assert lines[0].split() == ["VOICE", "NAME", "LANGUAGES", "GENDER", "MODEL", "KIND"]
    assert all(" bg" in line for line in lines[1:])
    assert any("espeak-ng" in line for line in lines)
    assert any(line.startswith("ton ") and "Тон" in line for line in lines)


def test_voices_of_a_model_as_json(voxhelm: RunVoxhelm) -> None:
    voices = json.loads(voxhelm("voices", "--model", "fake-speech", "--json").stdout)
    assert [voice["id"] for voice in voices] == ["tone", "ton"]
    assert voices[0] == {
        "id": "tone",
        "name": "Tone",
        "languages": ["en-us"],
        "gender": "female",
        "model": "fake-speech",
        "kind": "engine",
    }


def test_no_such_voice_is_told(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("voices", "--model", "nothing")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"no such voice" in ran.stderr
