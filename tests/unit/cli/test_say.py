import io
import os
import pty
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm, end, environment, started
from voxhelm.audio.decode import decode
from voxhelm.cli.failure import CommandFailed
from voxhelm.cli.say import SayFlags, _format, _Goal

# The fake engine says 0.06 s a character.
FAKE = ("--model", "fake-speech")


def duration_seconds(data: bytes) -> float:
    return sum(pcm.duration_seconds for pcm in decode(io.BytesIO(data)))


def test_a_wav_file_says_how_long_it_is(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("say", "ten", "chars!", "-o", "a.wav", *FAKE)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    with wave.open(str(tmp_path / "a.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (24_000, 1, 2)
        assert wav.getnframes() == pytest.approx(0.6 * 24_000, rel=0.01)


def test_the_suffix_names_the_format(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    assert voxhelm("say", "ten chars!", "-o", "a.mp3", *FAKE).returncode == 0
    data = (tmp_path / "a.mp3").read_bytes()
    assert data[0] == 0xFF
    assert duration_seconds(data) == pytest.approx(0.6, abs=0.1)


def test_an_espeak_voice_says_bulgarian_from_stdin(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("say", "-o", "a.flac", "--voice", "bg", input="Добро утро, как сте?".encode())
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert 0.8 < duration_seconds((tmp_path / "a.flac").read_bytes()) < 4


def test_a_pipe_gets_wav_or_what_is_asked_for(voxhelm: RunVoxhelm) -> None:
    sound = voxhelm("say", "ten chars!", *FAKE).stdout
    assert sound.startswith(b"RIFF")
    assert duration_seconds(sound) == pytest.approx(0.6, abs=0.01)
    samples = voxhelm("say", "-", "-o", "-", "--format", "pcm", *FAKE, input=b"ten chars!").stdout
    assert len(samples) == pytest.approx(0.6 * 48_000, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("say", "hi", "-o", "a.xyz"), 2, "'.xyz' is no format of sound"),
        (("say", "hi", "-o", "a"), 2, "'a' does not say its format"),
        (("say", "hi", "--play", "-o", "a.wav"), 2, "do not go together"),
        (("say", "-o", "a.wav"), 2, "The text is empty"),
        (("say", "hi", "-o", "a.wav", "--voice", "nobody", "--local"), 2, "`voxhelm voices` lists them all"),
        (("say", "hi", "-o", "a.wav", "--model", "nothing"), 2, "There is no model 'nothing'"),
        (("say", "hi", "-o", "missing/a.wav", *FAKE), 1, "missing/a.wav: No such file or directory"),
        (("say", "fail-here", "-o", "a.wav", *FAKE), 1, "told to fail"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_leaves_no_file(
    voxhelm: RunVoxhelm, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ran = voxhelm(*arguments)
    assert ran.returncode == code
    assert message in ran.stderr.decode()
    assert ran.stderr.startswith(b"Error: ")
    assert ran.stderr.count(b"\n") == 1
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_text_that_is_not_utf8_is_refused(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("say", "-o", "a.wav", input=b"caf\xe9")
    assert ran.returncode == 2
    assert b"not UTF-8" in ran.stderr


def test_a_signal_ends_it_in_order_and_leaves_no_file(tmp_path: Path) -> None:
    with started(tmp_path, "say", "-o", "a.mp3") as process:
        assert process.stdin is not None
        process.stdin.write(b"A long sentence that takes a while. " * 2_000)
        process.stdin.close()
        process.stdin = None
        while not any(path.suffix == ".part" for path in tmp_path.iterdir()):
            assert process.poll() is None
        end(process, signal.SIGINT)
    assert process.returncode == 130
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_sound_is_not_written_to_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-m", "voxhelm", "say", "hi", "-o", "-"],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(tmp_path),
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 2
    assert b"not for a terminal" in ran.stderr


def test_nothing_to_say_on_a_terminal_shows_how(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-m", "voxhelm", "say"],
        stdin=theirs,
        capture_output=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 2
    assert b'voxhelm say "Good morning"' in ran.stderr


@pytest.mark.parametrize(
    ("output", "asked", "expected"),
    [("a.OGG", None, "opus"), ("a.raw", None, "pcm"), ("a.mp3", "wav", "wav"), ("a.oga", None, "opus"), ("a.wave", None, "wav")],
)
def test_suffixes_in_use_are_known_and_format_wins(output: str, asked: str | None, expected: str) -> None:
    from voxhelm.audio.formats import AudioFormat

    flags = SayFlags(output=output, format=AudioFormat(asked) if asked else None)
    assert _format(flags, _Goal.FILE) == expected


def test_a_name_without_a_suffix_needs_a_format() -> None:
    with pytest.raises(CommandFailed, match="add --format"):
        _format(SayFlags(output="speech"), _Goal.FILE)


def test_captions_are_written_beside_the_sound(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("say", "Ten $5 chars!", "-o", "a.wav", "--captions", "a.srt", *FAKE)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "a.srt").read_text().startswith("1\n00:00:00,000 --> 00:00:0")
    assert "Ten $5 chars!" in (tmp_path / "a.srt").read_text()
    with wave.open(str(tmp_path / "a.wav")) as wav:
        assert wav.getnframes() > 0.6 * 24_000


def test_captions_want_a_name_that_says_their_form(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("say", "hi", "-o", "a.wav", "--captions", "a.txt", *FAKE)
    assert ran.returncode == 2
    assert b"Choose one of .srt, .vtt, .json" in ran.stderr
    assert list(tmp_path.glob("a.*")) == []


def test_speech_that_fails_leaves_no_captions(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    assert voxhelm("say", "x" * 60 + " fail-here", "-o", "a.wav", "--captions", "a.vtt", *FAKE).returncode != 0
    assert list(tmp_path.glob("*a.*")) == []
