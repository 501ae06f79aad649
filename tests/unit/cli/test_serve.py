import json
import os
import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from tests.unit.cli.program import RunVoxhelm, end, server, started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_and_its_hosts_as_a_success(tmp_path: Path, number: signal.Signals) -> None:
    with server(tmp_path) as (process, url):
        body = {"input": "hello", "model": "fake-speech", "voice": "tone"}
        assert httpx.post(f"{url}/v1/audio/speech", json=body, trust_env=False).status_code == 200
        hosts = psutil.Process(process.pid).children(recursive=True)
        assert hosts
        assert end(process, number) == (b"", b"")
    assert process.returncode == 0
    assert [host for host in hosts if host.is_running()] == []


def test_a_signal_while_it_starts_is_a_success_too(tmp_path: Path) -> None:
    # An engine whose import waits for a pipe holds it where it is: it has begun, and does not listen to signals in uvicorn's way yet.
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "held.py").write_text("open('pipe').read()")
    held = started(tmp_path, "serve", "--port", "0", VOXHELM_MODELS__EXTRA_ENGINES='["held:ENGINE"]')
    # Opening returns when the other side has opened it, too.
    with held as process, (tmp_path / "pipe").open("wb"):
        assert end(process) == (b"", b"")
    assert process.returncode == 0


def test_a_port_in_use_is_one_sentence(voxhelm: RunVoxhelm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = voxhelm("serve", "--port", str(taken.getsockname()[1]))
    assert ran.returncode == 1
    assert b"is taken" in ran.stderr
    assert ran.stderr.count(b"\n") == 1


def test_of_two_servers_with_one_port_the_slower_says_so_in_one_sentence(tmp_path: Path) -> None:
    # An engine whose import waits for a pipe holds it where it has its port and does not listen yet.
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "held.py").write_text("open('pipe').read()")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        port = str(other.getsockname()[1])
        with started(tmp_path, "serve", "--port", port, VOXHELM_MODELS__EXTRA_ENGINES='["held:ENGINE"]') as process:
            with (tmp_path / "pipe").open("wb"):
                other.listen()
            _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"is taken" in complaint
    assert b"Traceback" not in complaint


@pytest.mark.parametrize(
    ("host", "told"), [("192.0.2.1", b"is no address of this machine"), ("nowhere.invalid", b"There is no address")]
)
def test_an_address_that_is_not_here_is_one_sentence(voxhelm: RunVoxhelm, host: str, told: bytes) -> None:
    ran = voxhelm("serve", "--host", host, "--port", "0")
    assert ran.returncode == 1
    assert told in ran.stderr


def test_a_setting_that_is_wrong_is_2(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("serve", VOXHELM_MODELS__PRELOAD='["nothing"]')
    assert ran.returncode == 2
    assert b"which is not installed" in ran.stderr
    assert b"Traceback" not in ran.stderr


def test_everybody_is_warned_when_everybody_can_come_in(tmp_path: Path) -> None:
    with server(tmp_path, "--host", "0.0.0.0") as (process, url):  # noqa: S104 - that is what is warned of
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{url}/health", trust_env=False).json() == {"status": "ok"}
        _, complaint = end(process)
    assert b"asks nobody for a key" in complaint


def test_collectors_get_json_only(tmp_path: Path) -> None:
    with started(tmp_path, "serve", "--port", "0", "--log-format", "json") as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        assert first["event"] == "listening"
        assert first["url"].startswith("http://127.0.0.1:")
        rest, _ = end(process)
    assert rest == b""
    assert process.returncode == 0
