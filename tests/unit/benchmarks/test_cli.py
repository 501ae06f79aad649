from pathlib import Path

import pytest

from benchmarks import bars, cli
from benchmarks.target import Target

SPEECH = ["speech", "--formats", "mp3", "--clients", "1,2", "--rounds", "2", "--requests", "4"]


def url_of(target: Target) -> str:
    return f"http://127.0.0.1:{target.endpoint.port}/v1"


def test_speech_is_measured_printed_and_written(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- table:bars -->\n<!-- /table -->\n<!-- table:speech -->\n<!-- /table -->\n", encoding="utf-8")
    monkeypatch.setattr(cli, "README", readme)
    assert cli.main([*SPEECH, "--target", f"one={url_of(target)}", "--target", f"two={url_of(target)}", "--write"]) == 0
    printed = capsys.readouterr().out
    written = readme.read_text(encoding="utf-8")
    for line in ("| mp3    | 1       | one ", "| mp3    | 2       | two ", "python -m benchmarks speech --formats mp3"):
        assert line in printed
        assert line in written
    assert bars.ENCODER_ONE.name in written


def test_a_server_that_is_not_there_fails_the_run_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["memory", "--target", "gone=http://voice.example/v1"]) == 1
    assert "give --pid gone=PID" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["speech", "--target", "http://localhost/v1"], "give it a name"),
        (["speech", "--target", "one=localhost"], "is not a base URL"),
        (["nonsense"], "invalid choice"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        cli.main(arguments)
    assert refusal.value.code == 2
    assert words in capsys.readouterr().err


def test_names_choose_among_servers(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("secret\n", encoding="utf-8")
    given = ["speech", "--target", "a=http://a:1/v1", "--target", "b=http://b:2/v1", "--model", "tts-1-hd", "--model", "b=kokoro"]
    plan = cli._plan(cli._parser().parse_args([*given, "--voice", "b=af_heart", "--pid", "a=7", "--key-file", f"b={key}"]))
    assert [(target.model, target.voice, target.pid, target.endpoint.key) for target in plan.targets] == [
        ("tts-1-hd", None, 7, None),
        ("kokoro", "af_heart", None, "secret"),
    ]
    assert not plan.start


def test_without_a_target_voxhelm_is_started() -> None:
    assert cli._plan(cli._parser().parse_args(["all"])).start


def test_every_command_has_a_place_in_the_readme() -> None:
    readme = cli.README.read_text(encoding="utf-8")
    assert [name for name in (*cli.COMMANDS, "bars") if f"<!-- table:{name} -->" not in readme] == []
