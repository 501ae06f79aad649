"""Voxhelm behind a URL: a client of the public API like any other."""

import base64
import ipaddress
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from voxhelm.catalog.voices import ListedVoice
from voxhelm.cli.instance import Recording, Saying, Transcript, Wishes
from voxhelm.cli.recording_form import RecordingForm, form_fields
from voxhelm.cli.transcript_format import TranscriptFormat, paragraphs, spoken
from voxhelm.domain import errors
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress, PullWaiting
from voxhelm.residency.usage import Usage
from voxhelm.serving.inventory import ListedModel
from voxhelm.serving.route_board import ListedRoute, ListedStep
from voxhelm.serving.voice_check import CheckedSentence, Verdict, VoiceCheck

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
        if saying.captions is not None:
            body |= {"captions": saying.captions.value, "stream_format": "sse"}
        with _http_failures():
            async with self._client.stream("POST", "/v1/audio/speech", json=body) as response:
                await _require_success(response)
                yield response.aiter_bytes() if saying.captions is None else _sound(response, saying)

    @asynccontextmanager
    async def hear(self, recording: Recording) -> AsyncGenerator[Transcript]:
        """As `Instance`."""
        streamed = recording.format is TranscriptFormat.TEXT and not recording.wishes.translate
        path = "/v1/audio/translations" if recording.wishes.translate else "/v1/audio/transcriptions"
        with _http_failures(), ExitStack() as stack:
            source = recording.source
            file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
            form = RecordingForm(form_fields(recording, streamed=streamed), file)
            async with self._client.stream("POST", path, content=form.pieces(), headers=form.headers()) as response:
                await _require_success(response)
                told = _Told()
                yield Transcript(
                    _streamed(response, recording.wishes, told) if streamed else _whole(response), lambda: told.seconds
                )

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

    async def routes(self, language: str | None) -> Sequence[ListedRoute]:
        """As `Instance`."""
        query = {"language": language} if language is not None else {}
        return [
            ListedRoute(one["capability"], one["language"], one["automatic"], tuple(ListedStep(**step) for step in one["steps"]))
            for one in await self._list("/v1/routes", query)
        ]

    async def check_voice(self, name: str, language: str | None, sentences: tuple[str, ...]) -> Sequence[VoiceCheck]:
        """As `Instance`."""
        body = {"voice": name, "language": language, "sentences": list(sentences)}
        with _http_failures():
            response = await self._client.post("/v1/audio/voices/quality", json=body)
            await _require_success(response)
            return [_check_of(one) for one in response.json()["data"]]

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


async def _sound(response: httpx.Response, saying: Saying) -> AsyncGenerator[bytes]:
    """The sound in a stream of events; the captions among them go to whoever wants them."""
    done = False
    async for line in response.aiter_lines():
        if not line.startswith(DATA):
            continue
        event = json.loads(line.removeprefix(DATA))
        if "error" in event:
            raise _error_of(event)
        match event["type"]:
            case "speech.audio.delta":
                yield base64.b64decode(event["audio"])
            case "speech.audio.captions":
                told = event["captions"]
                saying.on_captions(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False) + "\n")
            case "speech.audio.done":
                done = True
    if not done:
        raise errors.Unavailable("The server broke off in the middle of the speech. Try again.")


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


class _Told:
    """How far the server says it is."""

    seconds: float | None = None


def _check_of(told: Mapping[str, Any]) -> VoiceCheck:
    fields = {key: value for key, value in told.items() if key not in ("object", "verdict", "sentences")}
    return VoiceCheck(
        verdict=Verdict(told["verdict"]), sentences=tuple(CheckedSentence(**one) for one in told["sentences"]), **fields
    )


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


async def _streamed(response: httpx.Response, wishes: Wishes, told: _Told) -> AsyncGenerator[str]:
    """The pieces of text in a stream of events."""
    events = _events(response, told)
    if wishes.speakers:
        async for event in events:
            if event["type"] == "transcript.text.segment":
                yield spoken(event["speaker"], event["text"])
        return
    deltas = (event["delta"] async for event in events if event["type"] == "transcript.text.delta")
    if wishes.paragraph_seconds is None:
        async for delta in deltas:
            yield delta.strip()
        return
    async for paragraph in paragraphs(deltas):
        yield paragraph


async def _events(response: httpx.Response, told: _Told) -> AsyncGenerator[dict[str, Any]]:
    """The events of a transcript, to its last. Raises what the server tells, and Unavailable when the stream breaks off."""
    async for line in response.aiter_lines():
        if not line.startswith(DATA):
            continue
        event = json.loads(line.removeprefix(DATA))
        if "error" in event:
            raise _error_of(event)
        if event["type"] == "transcript.text.done":
            return
        if event["type"] == "transcript.progress":
            told.seconds = event["heard_seconds"]
        else:
            yield event
    raise errors.Unavailable("The server broke off in the middle of the transcript. Try again.")
