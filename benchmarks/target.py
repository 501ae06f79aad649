"""A server to be measured, and how it is asked to speak."""

import json
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from benchmarks.wire import Endpoint, Request
from benchmarks.wyoming import synthesize

WAV_HEADER_BYTES = 44


class Dialect(StrEnum):
    """What a server understands."""

    OPENAI = "openai"
    PIPER = "piper"
    WYOMING = "wyoming"


@dataclass(frozen=True, slots=True)
class Target:
    """One server.

    pid: the root of its process tree when it is on this machine and known.
    """

    name: str
    endpoint: Endpoint
    dialect: Dialect = Dialect.OPENAI
    model: str = "tts-1"
    voice: str | None = None
    pid: int | None = None

    def speaks(self, audio_format: str) -> bool:
        """Whether the server has this format: piper's has wav only, and so has Wyoming, whose sound without a header is as good."""
        return self.dialect is Dialect.OPENAI or audio_format == "wav"

    def speech(self, text: str, audio_format: str) -> Request:
        """The request that has `text` said."""
        silent = WAV_HEADER_BYTES if audio_format == "wav" else 0
        if self.dialect is Dialect.WYOMING:
            return Request("", synthesize(text, self.voice))
        if self.dialect is Dialect.PIPER:
            piper = {"text": text} if self.voice is None else {"text": text, "voice": self.voice}
            return Request("", json.dumps(piper).encode(), silent_bytes=silent)
        fields = {"model": self.model, "voice": self.voice or "alloy", "input": text, "response_format": audio_format}
        return Request("/audio/speech", json.dumps(fields).encode(), silent_bytes=silent)


def endpoint_of(url: str, key: str | None = None) -> tuple[Endpoint, Dialect]:
    """Read a base URL; `piper+http://host:port/synthesize` is piper's HTTP server, `wyoming://host:port` a server for Home Assistant.

    Raises ValueError for anything else.
    """
    dialect = Dialect.OPENAI
    if url.startswith("piper+"):
        dialect, url = Dialect.PIPER, url.removeprefix("piper+")
    parts = urlsplit(url)
    if parts.scheme == "wyoming" and parts.hostname is not None and parts.port is not None:
        return Endpoint(parts.hostname, parts.port, wyoming=True), Dialect.WYOMING
    if parts.scheme not in {"http", "https"} or parts.hostname is None:
        raise ValueError(f"{url!r} is not a base URL like http://127.0.0.1:8000/v1")
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    return Endpoint(parts.hostname, port, parts.path.rstrip("/"), tls, key), dialect
