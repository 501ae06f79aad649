"""A speech server that does what a test tells it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import numpy as np
import pytest

from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.openai_remote.client import open_client
from voxhelm.engines.openai_remote.health import Health
from voxhelm.engines.openai_remote.model import RemoteSynthesizer
from voxhelm.engines.openai_remote.remote import Remote
from voxhelm.testing.clock import ManualClock

Script = Callable[["Request"], None]


@dataclass(frozen=True)
class Received:
    """What a client has sent."""

    path: str
    body: dict[str, object]
    headers: Message


class Request(BaseHTTPRequestHandler):
    """One request; a script answers it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append(Received(self.path, self.body, self.headers))
        self.server.script(self)

    def answer(self, status: int, body: bytes, content_type: str = "audio/pcm", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def complain(self, status: int, message: str, code: str | None = None, **headers: str) -> None:
        self.answer(status, json.dumps({"error": {"message": message, "code": code}}).encode(), "application/json", **headers)

    def begin(self, content_type: str = "audio/pcm") -> None:
        """A body in chunks."""
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def break_off(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)

    def log_message(self, *arguments):
        pass


class SpeechServer(ThreadingHTTPServer):
    """On loopback, on a free port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.requests: list[Received] = []
        self.script: Script = lambda request: request.answer(200, pcm(0.5))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        pass  # a client that leaves is what some tests are about


def pcm(seconds: float) -> bytes:
    return np.full(round(seconds * 24_000), 1_000, "<i2").tobytes()


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with SpeechServer() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def waits() -> list[float]:
    """How long the engine has waited between attempts."""
    return []


@pytest.fixture
def remote(server) -> Remote:
    return Remote(server.url, "their-model", ("emily",))


@pytest.fixture
def opened(clock, waits):
    """Opens the model of a remote, with other settings than usual."""

    @contextmanager
    def open_model(remote: Remote, **changed) -> Iterator[RemoteSynthesizer]:
        remote = msgspec.structs.replace(remote, **changed)
        with open_client(remote) as client:
            yield RemoteSynthesizer(remote, client, Health(remote.host, clock), waits.append)

    return open_model


@pytest.fixture
def model(opened, remote):
    with opened(remote) as one:
        yield one


def say(model, text="Hello there.", voice="emily", speed=1.0):
    return list(model.synthesize(text, SynthesizeOptions(voice, speed)))


def seconds(pieces) -> float:
    return sum(piece.pcm.duration_seconds for piece in pieces)
