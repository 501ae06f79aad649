import json
import os
import signal
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm, read_until, recording, started
from voxhelm.audio.duration import told_duration_seconds

# The fake engine hears one word a second.
FAKE = ("--model", "fake-transcription")
CLIPS = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def three_seconds(tmp_path: Path) -> Path:
    return recording(tmp_path / "three.wav", 3)


def test_text_is_a_line_per_segment(voxhelm: RunVoxhelm, three_seconds: Path) -> None:
    ran = voxhelm("hear", three_seconds, *FAKE)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"second1\nsecond2\nsecond3\n", b"")


def test_a_pipe_is_heard(voxhelm: RunVoxhelm, three_seconds: Path) -> None:
    assert voxhelm("hear", "-", *FAKE, input=three_seconds.read_bytes()).stdout.split()[-1] == b"second3"
    with three_seconds.open("rb") as file:
        assert voxhelm("hear", "-", *FAKE, stdin=file.fileno()).stdout.split()[-1] == b"second3"


def test_a_voice_is_heard_for_what_it_says(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("hear", CLIPS / "flite-weather-slt.wav", "--local", "--language", "en-GB")
    said = set((CLIPS / "flite-weather-slt.txt").read_text().lower().replace(".", "").replace(",", "").split())
    heard = set(ran.stdout.decode().split())
    assert ran.returncode == 0
    assert len(said & heard) > len(said) / 2


def test_text_comes_while_the_pipe_is_still_open(tmp_path: Path) -> None:
    # Enough for the decoder to find out what it is, and no more than is read.
    data = recording(tmp_path / "ten.wav", 10).read_bytes()
    with started(tmp_path, "hear", "-", *FAKE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(data)
        process.stdin.flush()
        assert read_until(process.stdout.fileno(), b"\n").startswith(b"second1\n")
        # Ctrl-C, while it waits for a pipe that says nothing more.
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def test_json_is_openais_verbose_one(voxhelm: RunVoxhelm, three_seconds: Path) -> None:
    told = json.loads(voxhelm("hear", three_seconds, "--format", "json", "--words", *FAKE).stdout)
    assert told["text"] == "second1 second2 second3"
    assert told["duration"] == 3.0
    assert [word["word"] for word in told["words"]] == ["second1", "second2", "second3"]
    assert "words" not in json.loads(voxhelm("hear", three_seconds, "--format", "json", *FAKE).stdout)


def test_several_files_are_told_apart(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    recording(tmp_path / "a.wav", 1)
    recording(tmp_path / "b.wav", 2)
    assert voxhelm("hear", "a.wav", "b.wav", *FAKE).stdout == b"==> a.wav <==\nsecond1\n==> b.wav <==\nsecond1\nsecond2\n"
    lines = [json.loads(line) for line in voxhelm("hear", "a.wav", "b.wav", "-f", "json", *FAKE).stdout.splitlines()]
    assert [(line["file"], line["text"]) for line in lines] == [("a.wav", "second1"), ("b.wav", "second1 second2")]


def test_a_file_that_fails_is_one_line_and_the_others_are_heard(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    recording(tmp_path / "good.wav", 1)
    (tmp_path / "bad.wav").write_bytes(b"this is not sound")
    (tmp_path / "folder").mkdir()
    ran = voxhelm("hear", "bad.wav", "missing.wav", "folder", "good.wav", *FAKE)
    assert ran.returncode == 1
    assert ran.stdout == b"==> good.wav <==\nsecond1\n"
    complaints = ran.stderr.decode().splitlines()
    assert complaints[0].startswith("bad.wav: ")
    assert complaints[1:] == ["missing.wav: No such file or directory", "folder: Is a directory"]


def test_subtitles_go_beside_each_other_in_a_folder(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    recording(tmp_path / "a.wav", 1)
    recording(tmp_path / "b.wav", 1)
    ran = voxhelm("hear", "a.wav", "b.wav", "--format", "srt", "-o", "subtitles/", *FAKE)
    assert (ran.returncode, ran.stdout) == (0, b"")
    written = tmp_path / "subtitles" / "a.srt"
    assert written.read_text().startswith("1\n00:00:00,000 --> 00:00:01,000\nsecond1\n")
    again = voxhelm("hear", "a.wav", "b.wav", "--format", "srt", "-o", "subtitles", *FAKE)
    assert again.returncode == 1
    assert b"a.srt exists; --force replaces it" in again.stderr
    assert voxhelm("hear", "a.wav", "-f", "srt", "-o", "subtitles", "--force", *FAKE).returncode == 0


def test_the_suffix_of_the_output_names_the_format(voxhelm: RunVoxhelm, tmp_path: Path, three_seconds: Path) -> None:
    assert voxhelm("hear", three_seconds, "-o", "a.vtt", *FAKE).returncode == 0
    assert (tmp_path / "a.vtt").read_text().startswith("WEBVTT\n\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x/a.wav", "y/a.mp3", "-f", "srt", "-o", "out/"), "would both become out/a.srt"),
        (("a.wav", "b.wav", "-o", "three.wav"), "is a file; several recordings need a folder"),
        (("a.wav", "b.wav", "-f", "vtt"), "-o FOLDER"),
        (("-", "-"), "once only"),
        (("a.wav", "--words"), "--words needs --format json"),
        (("a.wav", "-l", "klingon"), "no ISO 639-1 code"),
        (("three.wav", "-m", "nothing"), "There is no model 'nothing'"),
        (("three.wav", "-l", "fr", *FAKE), "hears 'fr'"),
    ],
)
def test_what_cannot_come_right_is_refused_as_a_whole(
    voxhelm: RunVoxhelm, three_seconds: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = voxhelm("hear", *arguments)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert message in ran.stderr.decode()


def test_a_recording_with_its_index_at_the_end_is_heard_from_a_pipe(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "a.m4a"
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 32_000), 0.1, np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    ran = voxhelm("hear", "-", *FAKE, input=path.read_bytes())
    assert (ran.returncode, ran.stdout.split()) == (0, [b"second1", b"second2"])


def test_the_container_tells_how_long_it_is(three_seconds: Path, tmp_path: Path) -> None:
    assert told_duration_seconds(three_seconds) == pytest.approx(3.0)
    (tmp_path / "no").write_bytes(b"no sound")
    assert told_duration_seconds(tmp_path / "no") is None


def test_a_name_that_is_no_text_is_no_trouble(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    recording(tmp_path / name, 1)
    ran = voxhelm("hear", name, name, *FAKE)
    assert ran.returncode == 0
    assert ran.stdout.count(b"second1") == 2


def stereo(path: Path, left_seconds: int, right_seconds: int) -> Path:
    """A WAV file with that much sound on either channel."""
    import wave

    loud = b"\x10\x20"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        for second in range(max(left_seconds, right_seconds)):
            sample = (loud if second < left_seconds else b"\0\0") + (loud if second < right_seconds else b"\0\0")
            file.writeframes(sample * 16_000)
    return path


@pytest.fixture(scope="module")
def wheres(server_url: str) -> tuple[tuple[str, ...], ...]:
    """With no server, and with one."""
    return ("--local",), ("--server", server_url)


def test_who_speaks_is_told_by_channel(voxhelm: RunVoxhelm, tmp_path: Path, wheres: tuple[tuple[str, ...], ...]) -> None:
    stereo(tmp_path / "call.wav", 2, 1)
    for where in wheres:
        ran = voxhelm("hear", "call.wav", "--channels", *FAKE, *where)
        assert ran.stdout == b"A: second1\nB: second1\nA: second2\nB: second2\n"
        told = json.loads(voxhelm("hear", "call.wav", "--channels", "-f", "json", *FAKE, *where).stdout)
        assert [segment["speaker"] for segment in told["segments"]] == ["A", "B", "A", "B"]


def test_who_speaks_is_told_by_a_diariser(voxhelm: RunVoxhelm, three_seconds: Path, wheres: tuple[tuple[str, ...], ...]) -> None:
    for where in wheres:
        assert voxhelm("hear", three_seconds, "--speakers", *FAKE, *where).stdout.startswith(b"A: second1\nA: second2\n")
        told = json.loads(voxhelm("hear", three_seconds, "--speakers", "-f", "json", *FAKE, *where).stdout)
        assert {segment["speaker"] for segment in told["segments"]} == {"A"}


def test_text_may_be_running(voxhelm: RunVoxhelm, three_seconds: Path, wheres: tuple[tuple[str, ...], ...]) -> None:
    for where in wheres:
        assert voxhelm("hear", three_seconds, "--paragraphs", *FAKE, *where).stdout == b"second1 second2 second3\n"


def test_subtitles_keep_within_their_limits(voxhelm: RunVoxhelm, three_seconds: Path, wheres: tuple[tuple[str, ...], ...]) -> None:
    limits = ("--max-line-characters", "8", "--min-cue-seconds", "0.5", "--max-lines", "1", "--max-cue-seconds", "1")
    here, there = (voxhelm("hear", three_seconds, "-f", "srt", *limits, *FAKE, *where).stdout for where in wheres)
    assert here == there
    assert here.count(b"-->") == 3


def test_a_translation_needs_a_model_that_can(
    voxhelm: RunVoxhelm, three_seconds: Path, wheres: tuple[tuple[str, ...], ...]
) -> None:
    for where in wheres:
        ran = voxhelm("hear", three_seconds, "--translate", *where)
        assert ran.returncode == 2
        assert b"voxhelm pull whisper-small" in ran.stderr


def test_what_may_be_spoken_and_expected_is_passed_on(
    voxhelm: RunVoxhelm, three_seconds: Path, wheres: tuple[tuple[str, ...], ...]
) -> None:
    for where in wheres:
        options = ("--languages", "de,en-GB", "--keyword", "fox", "--keyword", "dog", "--prompt", "So:")
        assert voxhelm("hear", three_seconds, *options, *FAKE, *where).returncode == 0
        ran = voxhelm("hear", three_seconds, "--languages", "de,fr", *FAKE, *where)
        assert b"hears any of de, fr" in ran.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--translate", "--channels"), "--translate goes with"),
        (("--speakers", "--channels"), "not for --channels"),
        (("--speakers", "-f", "srt"), "needs --format text or json"),
        (("--paragraphs", "-f", "srt"), "for running text"),
        (("--languages", "en,klingon"), "'klingon' is no ISO 639-1 code"),
    ],
)
def test_flags_that_cannot_go_together_are_refused(voxhelm: RunVoxhelm, flags: tuple[str, ...], message: str) -> None:
    ran = voxhelm("hear", "a.wav", *flags)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert message in ran.stderr.decode()
