import pytest
import typer

from voxhelm.cli.failure import CommandFailed, ExitCode, failures_told
from voxhelm.domain import errors


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (CommandFailed("No server.", ExitCode.NO_SERVER), 3, "Error: No server.\n"),
        (errors.VoiceNotFound("No. GET /v1/audio/voices lists them all."), 2, "Error: No. `voxhelm voices` lists them all.\n"),
        (errors.ConfigurationInvalid("Wrong."), 2, "Error: Wrong.\n"),
        (errors.EngineCrashed("Gone."), 1, "Error: Gone.\n"),
        (PermissionError(13, "Permission denied", "a.mp3"), 1, "Error: a.mp3: Permission denied\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_expected_failure_is_a_sentence_and_an_exit_code(
    error: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, failures_told():
        raise error
    assert caught.value.exit_code == code
    assert capsys.readouterr().err == told


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), failures_told():
        _ = 1 / 0
