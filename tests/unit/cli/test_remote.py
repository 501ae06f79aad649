"""The commands on a real server, and on servers that are something else."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm, recording
from voxhelm.audio.formats import AudioFormat
from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.instance import Recording, Saying
from voxhelm.cli.reach import require_voxhelm, url_of
from voxhelm.cli.remote import _is_near, remote_instance
from voxhelm.cli.transcript_format import TranscriptFormat
from voxhelm.domain import errors
from voxhelm.text.captions import CaptionFormat


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[str]:
    """A server that answers every request with `raw` and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(raw)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def response(status: str, body: bytes, *, length: int | None = None, kind: str = "application/json") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length or len(body)}\r\n\r\n".encode() + body


def told_by_server(message: str, kind: str, code: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


def test_the_server_says_it(voxhelm: RunVoxhelm, server_url: str, tmp_path: Path) -> None:
    ran = voxhelm("say", "ten chars!", "-m", "fake-speech", "-o", "a.wav", "--server", f"{server_url}/v1/")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "a.wav").stat().st_size == pytest.approx(0.6 * 48_000, rel=0.01)


@pytest.mark.parametrize("name", ["three.wav", "-"])
def test_the_server_hears_it(voxhelm: RunVoxhelm, server_url: str, tmp_path: Path, name: str) -> None:
    path = recording(tmp_path / "three.wav", 3)
    data = path.read_bytes() if name == "-" else None
    fake = ("-m", "fake-transcription")
    assert voxhelm("hear", name, *fake, input=data, VOXHELM_URL=server_url).stdout == b"second1\nsecond2\nsecond3\n"
    told = voxhelm("hear", name, *fake, "-f", "json", "--words", input=data, VOXHELM_URL=server_url).stdout
    assert [word["word"] for word in json.loads(told)["words"]] == ["second1", "second2", "second3"]


@pytest.mark.slow
def test_here_and_there_give_the_same(voxhelm: RunVoxhelm, server_url: str, tmp_path: Path) -> None:
    recording(tmp_path / "three.wav", 3)
    for arguments in (
        ("hear", "three.wav", "-m", "fake-transcription", "-f", "srt"),
        ("hear", "three.wav", "-m", "fake-transcription", "-f", "json"),
        ("voices", "--json"),
        ("say", "ten chars!", "-m", "fake-speech", "-f", "pcm"),
    ):
        here, there = voxhelm(*arguments, "--local"), voxhelm(*arguments, "--server", server_url)
        assert here.stdout == there.stdout
        assert here.returncode == there.returncode == 0


@pytest.mark.slow
def test_errors_there_are_told_as_here(voxhelm: RunVoxhelm, server_url: str, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"not sound")
    for arguments in (("say", "hi", "-v", "nobody"), ("say", "..."), ("hear", "bad.wav"), ("hear", "bad.wav", "-m", "nothing")):
        here, there = voxhelm(*arguments, "--local"), voxhelm(*arguments, "--server", server_url)
        assert here.stderr == there.stderr
        assert here.returncode == there.returncode != 0


def test_a_server_that_runs_here_is_found(voxhelm: RunVoxhelm, server_url: str) -> None:
    checks = json.loads(voxhelm("doctor", "--json", VOXHELM_SERVER__PORT=server_url.rpartition(":")[2]).stdout)
    assert [check["detail"] for check in checks if check["subject"] == "server"] == [f"answers at {server_url}"]


def test_a_server_that_is_named_and_does_not_answer_is_3(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("say", "hi", "--server", "127.0.0.1:9")
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert b"No Voxhelm at http://127.0.0.1:9" in ran.stderr
    assert voxhelm("say", "hi", "-m", "fake-speech", "--local", VOXHELM_URL="127.0.0.1:9").returncode == 0


@pytest.mark.parametrize("body", [b"{}", b"<html>", b"[]"])
async def test_somebody_elses_server_is_not_taken_for_ours(body: bytes) -> None:
    async with answering(response("200 OK", body)) as url:
        with pytest.raises(CommandFailed, match="not Voxhelm") as caught:
            await require_voxhelm(url)
    assert caught.value.code is ExitCode.NO_SERVER


async def test_sound_that_breaks_off_is_an_error() -> None:
    async with (
        answering(response("200 OK", b"RIFF", length=1_000, kind="audio/wav")) as url,
        remote_instance(url) as remote,
    ):
        with pytest.raises(errors.Unavailable, match="broke"):
            async with remote.say(Saying("hi", "auto", None, AudioFormat.WAV, 1.0)) as sound:
                assert [data async for data in sound] == [b"RIFF"]


@pytest.mark.parametrize(
    ("events", "kind", "told"),
    [
        ([{"type": "transcript.text.delta", "delta": " there"}], errors.Unavailable, "broke off"),
        (
            [{"error": {"message": "Gone.", "type": "server_error", "param": None, "code": "engine_crashed"}}],
            errors.EngineCrashed,
            "Gone",
        ),
    ],
)
async def test_text_that_breaks_off_is_an_error(
    tmp_path: Path, events: list[dict[str, object]], kind: type[Exception], told: str
) -> None:
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    wanted = Recording(recording(tmp_path / "a.wav", 1), "auto", None, TranscriptFormat.TEXT)
    async with answering(response("200 OK", body, kind="text/event-stream")) as url, remote_instance(url) as remote:
        with pytest.raises(kind, match=told):
            async with remote.hear(wanted) as transcript:
                async for piece in transcript.pieces:
                    assert piece == "there"


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        ("502 Bad Gateway", b"<html>", errors.VoxhelmError, "502 Bad Gateway"),
        (
            "400 Bad Request",
            b'{"error":{"message":"No.","type":"invalid_request_error","param":null,"code":"new"}}',
            errors.BadRequest,
            "No",
        ),
        (
            "503 No",
            b'{"error":{"message":"Busy.","type":"server_error","param":null,"code":"model_load_failed"}}',
            errors.ModelLoadFailed,
            "Busy",
        ),
    ],
)
async def test_an_error_is_the_class_it_was(status: str, body: bytes, kind: type[Exception], told: str) -> None:
    async with answering(response(status, body)) as url, remote_instance(url) as remote:
        with pytest.raises(errors.VoxhelmError, match=told) as caught:
            async with remote.say(Saying("hi", "auto", None, AudioFormat.WAV, 1.0)):
                pass
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("0.0.0.0", 1, "http://127.0.0.1:1"),  # noqa: S104 - nothing is bound
        ("::", 1, "http://[::1]:1"),
        ("fd00::2", 80, "http://[fd00::2]:80"),
        ("box", 8, "http://box:8"),
    ],
)
def test_the_address_to_go_to_is_one_that_can_be_gone_to(host: str, port: int, url: str) -> None:
    assert url_of(host, port) == url


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://192.168.1.4", True),
        ("http://nas:8000", True),
        ("http://voice.home.arpa", True),
        ("https://voice.example.com", False),
        ("http://8.8.8.8", False),
    ],
)
def test_a_proxy_is_only_for_what_is_far(url: str, near: bool) -> None:
    assert _is_near(url) is near


@pytest.mark.slow
def test_captions_come_with_the_sound_from_there_as_from_here(voxhelm: RunVoxhelm, server_url: str, tmp_path: Path) -> None:
    for form in ("json", "vtt"):
        arguments = ("say", "One, two. Three!", "-m", "fake-speech", "-f", "pcm", "--captions")
        here = voxhelm(*arguments, f"here.{form}", "--local")
        there = voxhelm(*arguments, f"there.{form}", "--server", server_url)
        assert here.returncode == there.returncode == 0
        assert len(here.stdout) == len(there.stdout) > 0
        assert (tmp_path / f"here.{form}").read_text() == (tmp_path / f"there.{form}").read_text()
        assert "Three" in (tmp_path / f"here.{form}").read_text()


async def test_a_stream_of_events_that_has_no_end_is_a_failure() -> None:
    events = b'data: {"type": "speech.audio.delta", "audio": "AAAA"}\n\n'
    async with answering(response("200 OK", events, kind="text/event-stream")) as url, remote_instance(url) as remote:
        saying = Saying("hi", "auto", None, AudioFormat.PCM, 1.0, CaptionFormat.SRT)
        async with remote.say(saying) as sound:
            with pytest.raises(errors.Unavailable, match="broke off"):
                assert [chunk async for chunk in sound] == [b"\0\0\0"]
