import json

from tests.unit.cli.program import RunVoxhelm


def test_models_and_their_names_are_listed(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("models").stdout.decode().splitlines()
    assert any(line.split()[:4] == ["fake-speech", "fake", "speech", "en"] for line in lines)
    assert any(line.split()[:3] == ["whisper-1", "voxhelm", "transcription"] for line in lines)
    assert {"espeak-ng", "tts-1"} <= {model["id"] for model in json.loads(voxhelm("models", "--json").stdout)}


def test_usage_tells_what_was_declared_and_after_a_load_what_was_measured(voxhelm: RunVoxhelm) -> None:
    def usage(**more: str) -> dict[str, object]:
        (of_fake,) = [
            one for one in json.loads(voxhelm("models", "--usage", "--json", **more).stdout) if one["model"] == "fake-speech"
        ]
        return of_fake

    before = usage()
    assert (before["placed_on"], before["device"], before["measured_bytes"], before["load_seconds"]) == ("cpu", "cpu", None, None)
    assert before["declared_bytes"] > 1_000_000
    assert voxhelm("say", "--model", "fake-speech", "--voice", "tone", "-o", "tone.wav", "Hm.").returncode == 0
    after = usage()
    assert after["measured_bytes"] > 1_000_000
    assert after["load_seconds"] > 0
    assert after["measured_unix_seconds"] > 1_700_000_000
    table = voxhelm("models", "--usage").stdout.decode().splitlines()
    assert table[0].split("  ")[0] == "MODEL"
    (row,) = [line for line in table if line.startswith("fake-speech")]
    assert "never" not in row
    assert " s" in row
