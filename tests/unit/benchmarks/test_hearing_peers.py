import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks import hearing_peers
from benchmarks.plan import Plan
from tests.unit.engines.whisper.conftest import CLIPS
from voxhelm.testing.models.whisper import write_tiny_whisper

PEER = """
import json, socketserver, sys

class Hear(socketserver.StreamRequestHandler):
    def handle(self):
        heard = 0
        while line := self.rfile.readline():
            event = json.loads(line)
            self.rfile.read(event.get("payload_length") or 0)
            heard += event["type"] == "audio-chunk"
            if event["type"] == "audio-stop":
                self.wfile.write(json.dumps({"type": "transcript", "data": {"text": f"{heard} pieces"}}).encode() + b"\\n")
                return

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

Server(("127.0.0.1", int(sys.argv[-1].rpartition(":")[2])), Hear).serve_forever()
"""


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    """A Python whose wyoming-faster-whisper answers every recording with how many pieces it came in, and closes."""
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n" + PEER)
    program.chmod(0o755)
    return program


@pytest.fixture
def plan(plan: Plan, tmp_path: Path) -> Plan:
    return replace(
        plan,
        whisper=write_tiny_whisper(tmp_path / "model"),
        audio=CLIPS[0],
        seconds=1.0,
        rounds=1,
        requests=2,
        start=True,
        targets=(),
    )


@pytest.mark.slow
async def test_all_ways_hear_the_same_recordings_in_turns(monkeypatch: pytest.MonkeyPatch, plan: Plan, interpreter: Path) -> None:
    monkeypatch.setattr(hearing_peers, "install", lambda *_: interpreter)
    monkeypatch.setattr(hearing_peers, "version_in", lambda *_: "1.0")
    section = await hearing_peers.run(plan)
    ways = (hearing_peers.LIBRARY, "voxhelm", "wyoming-faster-whisper")
    assert sorted(row[:2] for row in section.table.rows) == sorted((str(clients), way) for clients in plan.clients for way in ways)
    assert {row[-1] for row in section.table.rows} == {"0"}
    assert all(row[4] == "1.00x" for row in section.table.rows if row[1] == hearing_peers.LIBRARY)
    assert "wyoming-faster-whisper 1.0" in section.notes[2]


async def test_the_peer_gets_the_folder_and_ends_with_the_measurement(interpreter: Path, tmp_path: Path) -> None:
    async with hearing_peers.peer(tmp_path / "my-model", interpreter) as target:
        assert target.pid is not None
        words = psutil.Process(target.pid).cmdline()
        assert str(tmp_path / "my-model") in words
        assert words[words.index("--language") + 1] == "en"
    assert not psutil.pid_exists(target.pid)
