import sys
from pathlib import Path

import psutil
import pytest

from benchmarks import bars, peers
from benchmarks.report import Section, Table
from benchmarks.server import StartFailed


def section(rate: float, first_byte: float) -> Section:
    verdicts = (bars.PIPER_RATE.measured(rate), bars.PIPER_FIRST_BYTE.measured(first_byte))
    row = ("wav", "1", "voxhelm", *["-"] * 7)
    return Section("speech", Table(("format", *peers.COLUMNS[1:]), (row,)), ("Medians.",), verdicts)


def test_voices_share_a_table_and_the_verdict_is_for_the_worst() -> None:
    made = peers.merged({"null": section(0.5, 0.9), "full size": section(1.5, 1.2)}, "A note.")
    assert [row[:3] for row in made.table.rows] == [("null", "1", "voxhelm"), ("full size", "1", "voxhelm")]
    assert made.notes == ("Medians.", "A note.")
    assert [(verdict.bar, verdict.value, verdict.met) for verdict in made.verdicts] == [
        (bars.PIPER_RATE, 0.5, False),
        (bars.PIPER_FIRST_BYTE, 1.2, False),
    ]


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    """A Python that has neither peer: each is a program that listens on the port it is given and waits."""
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n" + LISTENER)
    program.chmod(0o755)
    return program


LISTENER = """
import http.server, sys
port = int(sys.argv[-1].rpartition(":")[2])
class Info(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/info" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", port), Info).serve_forever()
"""


@pytest.mark.parametrize("peer", [peers.piper, peers.wyoming])
async def test_a_peer_is_started_with_the_voice_and_ends_with_the_measurement(peer, interpreter: Path, tmp_path: Path) -> None:
    async with peer(tmp_path / "en_US-null-medium.onnx", interpreter) as target:
        assert target.pid is not None
        assert any("en_US-null-medium" in word for word in psutil.Process(target.pid).cmdline())
    assert not psutil.pid_exists(target.pid)


async def test_a_peer_that_ends_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match=r"No such file|No module named"):
        async with peers.piper(tmp_path / "en_US-null-medium.onnx", Path(sys.executable)):
            pass
