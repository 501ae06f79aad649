import pytest

from voxhelm.cli.terminal import bytes_text, clock_time, note_on_stderr, progress_when_long, say_on_stderr


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (61.9, "1:01"), (3_599, "59:59"), (3_723, "1:02:03")])
def test_seconds_are_shown_as_a_clock_does(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (48_044, "48 kB"), (1_500_000, "1.5 MB"), (2e12, "2000.0 GB")]
)
def test_bytes_are_rounded_for_people(count: float, text: str) -> None:
    assert bytes_text(count) == text


def test_nothing_but_errors_is_written_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    note_on_stderr("Wrote a.mp3")
    say_on_stderr("It failed.")
    with progress_when_long() as progress:
        progress.add_task("Hearing", total=None)
        assert not progress.live.is_started
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "Error: It failed.\n")
