"""Voxhelm behind a URL: a client of the public API like any other."""

import asyncio
import ipaddress
import json
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote, urlsplit

import httpx

from voxhelm.catalog.voices import ListedVoice
from voxhelm.cli.instance import Recording, Saying, Transcript
from voxhelm.cli.transcript_format import TranscriptFormat
from voxhelm.domain import errors
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress, PullWaiting
from voxhelm.residency.usage import Usage
from voxhelm.serving.inventory import ListedModel

# An upload is read in pieces of this size.
PIECE_BYTES: Final = 1 << 16
CONNECT_SECONDS: Final = 5.0
ERROR_OF_CODE: Final = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VoxhelmError)
}
DATA: Final = "data: "


class RemoteInstance:
    """An `Instance` that is reached over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """client: whose base URL is the server's, without /v1."""
        self._client = client

    async def is_voxhelm(self) -> bool:
        """Whether a Voxhelm answers there; raises httpx.HTTPError when nobody does."""
        response = await self._client.get("/v1")
        try:
            body = response.json()
        except ValueError:
            return False
        return isinstance(body, dict) and body.get("object") == "voxhelm"

    @asynccontextmanager
    async def say(self, saying: Saying) -> AsyncGenerator[AsyncIterator[bytes]]:
        """As `Instance`."""
        body = {"input": saying.text, "model": saying.model, "response_format": saying.format.value, "speed": saying.speed}
        if saying.voice is not None:
            body["voice"] = saying.voice
        with _http_failures():
            async with self._client.stream("POST", "/v1/audio/speech", json=body) as response:
                await _require_success(response)
                yield response.aiter_bytes()

    @asynccontextmanager
    async def hear(self, recording: Recording) -> AsyncGenerator[Transcript]:
        """As `Instance`."""
        streamed = recording.format is TranscriptFormat.TEXT
        fields = [("model", recording.model), ("response_format", _format_name(recording.format))]
        fields += [("language", recording.language)] if recording.language is not None else []
        fields += [("timestamp_granularities[]", name) for name in ("segment", *(("word",) if recording.word_times else ()))]
        fields += [("stream", "true")] if streamed else []
        with _http_failures(), ExitStack() as stack:
            source = recording.source
            file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
            form = _Form(fields, file)
            async with self._client.stream(
                "POST", "/v1/audio/transcriptions", content=form.pieces(), headers=form.headers()
            ) as response:
                await _require_success(response)
                pieces = _deltas(response) if streamed else _whole(response)
                yield Transcript(pieces, lambda: None)

    async def voices(self, *, variants: bool) -> Sequence[ListedVoice]:
        """As `Instance`."""
        return [
            ListedVoice(one["id"], one["name"], tuple(one["languages"]), one["gender"], one["model"], one["kind"])
            for one in await self._list("/v1/audio/voices", {"variants": str(variants).lower()})
        ]

    async def models(self) -> Sequence[ListedModel]:
        """As `Instance`."""
        return [
            ListedModel(
                one["id"],
                one["owned_by"],
                one["capability"],
                tuple(one["languages"]),
                one["state"],
                one["resident_bytes"],
                one.get("device"),
                one.get("fallback"),
                tuple(Usage(**usage) for usage in one.get("usage", ())),
            )
            for one in await self._list("/v1/models")
        ]

    async def pull(self, name: str, *, update: bool, offline: bool = False) -> AsyncGenerator[PullEvent]:
        """As `Installer`. offline: only learn of what is in the server's models directory."""
        body = {"model": name, "update": update, "offline": offline}
        with _http_failures():
            async with self._client.stream("POST", "/v1/models", json=body) as response:
                await _require_success(response)
                async for line in response.aiter_lines():
                    if line.startswith(DATA):
                        event = _pull_event(json.loads(line.removeprefix(DATA)))
                        yield event
                        if isinstance(event, PullDone):
                            return
        raise errors.Unavailable("The server broke off in the middle of the pull. Try again: it goes on from there.")

    async def remove(self, name: str) -> str:
        """As `Installer`."""
        with _http_failures():
            response = await self._client.delete(f"/v1/models/{quote(name)}")
            await _require_success(response)
            return str(response.json()["id"])

    async def _list(self, path: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        with _http_failures():
            response = await self._client.get(path, params=query)
            await _require_success(response)
            found: list[dict[str, Any]] = response.json()["data"]
            return found


@asynccontextmanager
async def remote_instance(url: str, *, connect_seconds: float = CONNECT_SECONDS) -> AsyncGenerator[RemoteInstance]:
    """A client of the server at `url`, with or without /v1. Nothing is sent before a method is called."""
    base = url.rstrip("/").removesuffix("/v1")
    # Hearing an hour takes as long as it takes; only finding nobody there shall be quick.
    timeout = httpx.Timeout(None, connect=connect_seconds)
    # From the environment only: what is on a command line is seen by everybody on the machine.
    key = os.environ.get("VOXHELM_API_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=base, timeout=timeout, headers=headers, trust_env=not _is_near(base)) as client:
        yield RemoteInstance(client)


def _is_near(url: str) -> bool:
    """Whether `url` is on this machine or network, where a proxy for the Internet has no business."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa"))


@contextmanager
def _http_failures() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise errors.Unavailable(f"The connection to the server broke: {str(error) or type(error).__name__}. Try again.") from error


async def _require_success(response: httpx.Response) -> None:
    if response.is_success:
        return
    await response.aread()
    try:
        raise _error_of(response.json())
    except (ValueError, KeyError, TypeError):
        raise errors.VoxhelmError(f"The server answered with status {response.status_code} {response.reason_phrase}.") from None


def _error_of(body: Mapping[str, Any]) -> errors.VoxhelmError:
    """The error in an envelope as the exception it was."""
    told = body["error"]
    kind = ERROR_OF_CODE.get(told["code"])
    if kind is None:
        kind = errors.BadRequest if told["type"] == "invalid_request_error" else errors.VoxhelmError
    return kind(str(told["message"]), param=told["param"])


def _format_name(format: TranscriptFormat) -> str:
    return "verbose_json" if format is TranscriptFormat.JSON else format.value


def _pull_event(event: Mapping[str, Any]) -> PullEvent:
    if "error" in event:
        raise _error_of(event)
    match event["type"]:
        case "model.pull.waiting":
            return PullWaiting(event["model"])
        case "model.pull.progress":
            return PullProgress(event["model"], event["file"], event["received_bytes"], event["total_bytes"])
        case _:
            return PullDone(event["model"], event["engine"], event["size_bytes"], event["changed"], event["remedy"])


async def _whole(response: httpx.Response) -> AsyncGenerator[str]:
    yield (await response.aread()).decode()


async def _deltas(response: httpx.Response) -> AsyncGenerator[str]:
    """The pieces of text in a stream of events. Raises what the server tells, and Unavailable when the stream breaks off."""
    async for line in response.aiter_lines():
        if not line.startswith(DATA):
            continue
        event = json.loads(line.removeprefix(DATA))
        if "error" in event:
            raise _error_of(event)
        if event["type"] == "transcript.text.done":
            return
        if event["type"] == "transcript.text.delta":
            yield event["delta"].strip()
    raise errors.Unavailable("The server broke off in the middle of the transcript. Try again.")


class _Form:
    """A multipart form with a recording, read while it is sent: httpx's own would read in the event loop, where a pipe blocks."""

    def __init__(self, fields: Sequence[tuple[str, str]], file: BinaryIO) -> None:
        self._file = file
        self._boundary = secrets.token_hex(16)
        parts = [f"{self._opening(name)}\r\n\r\n{value}\r\n" for name, value in fields]
        file_part = f'{self._opening("file")}; filename="recording"\r\nContent-Type: application/octet-stream\r\n\r\n'
        self._before = "".join([*parts, file_part]).encode()
        self._after = f"\r\n--{self._boundary}--\r\n".encode()

    def headers(self) -> dict[str, str]:
        """The form's own, with its length if that is known."""
        headers = {"Content-Type": f"multipart/form-data; boundary={self._boundary}"}
        if self._file.seekable():
            start = self._file.tell()
            file_bytes = self._file.seek(0, SEEK_END) - start
            self._file.seek(start)
            headers["Content-Length"] = str(len(self._before) + file_bytes + len(self._after))
        return headers

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The form's bytes."""
        yield self._before
        while data := await asyncio.to_thread(self._file.read, PIECE_BYTES):
            yield data
        yield self._after

    def _opening(self, name: str) -> str:
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"'
