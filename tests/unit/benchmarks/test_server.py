import sys
from pathlib import Path

import psutil
import pytest

from benchmarks import server
from benchmarks.wire import Connection, Request

FAKE_SERVER = Path(__file__).with_name("fake_server.py")


async def test_a_started_server_is_ready_and_ends_with_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "command", lambda port, _: [sys.executable, str(FAKE_SERVER), "--port", str(port)])
    async with server.started() as running:
        assert running.endpoint.prefix == "/v1"
        assert psutil.pid_exists(running.pid)
        reply = await Connection(server.Endpoint("127.0.0.1", running.endpoint.port)).ask(Request("/health/ready", method="GET"))
        assert reply.status == 200
    assert not psutil.pid_exists(running.pid)


async def test_a_server_that_ends_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "command", lambda *_: [sys.executable, "-c", "import sys; print('no such key'); sys.exit(3)"])
    with pytest.raises(server.StartFailed, match=r"(?s)status 3.*no such key"):
        async with server.started():
            pass


async def test_a_server_that_is_never_ready_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "command", lambda *_: [sys.executable, "-c", "import sys, threading; threading.Event().wait()"])
    monkeypatch.setattr(server, "START_LIMIT_SECONDS", 0.2)
    with pytest.raises(server.StartFailed, match="not ready"):
        async with server.started():
            pass


def test_the_command_is_the_one_beside_this_interpreter() -> None:
    program, *rest = server.command(8123, ["--config", "x.yaml"])
    assert Path(program).parent == Path(sys.executable).parent
    assert rest == ["serve", "--host", "127.0.0.1", "--port", "8123", "--config", "x.yaml"]
