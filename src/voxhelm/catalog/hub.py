"""A client of a hub: what is in a repository, and the bytes of a file from any position on. One try each; trying again is the caller's."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from voxhelm.catalog.hub_access import HubAccess
from voxhelm.catalog.hub_file import Checksum, Digest, HubFile, Listing
from voxhelm.catalog.persistence import is_worth_another_try
from voxhelm.domain.errors import HubForbidden, HubUnavailable, ModelNotFound

CONNECT_SECONDS: Final = 10.0
# A server that sends nothing for so long has stalled; large files come from machines that think for a while.
STALL_SECONDS: Final = 30.0
MOST_REDIRECTS: Final = 5
MOST_PAGES: Final = 20
# A list of files is small; a server that goes on and on is not a hub.
LONGEST_LISTING_BYTES: Final = 16 * 1024**2
USER_AGENT: Final = "voxhelm"
_GONE: Final = frozenset({"RepoNotFound", "RevisionNotFound", "EntryNotFound"})


class Interrupted(Exception):
    """The network or the hub failed in a way that may be gone in a moment."""

    def __init__(self, reason: str, asked_seconds: float | None = None, *, stale: bool = False) -> None:
        """Describe it.

        reason: for people. asked_seconds: how long the server wants to be left alone. stale: what is here is of another state of the file.
        """
        super().__init__(reason)
        self.reason = reason
        self.asked_seconds = asked_seconds
        self.stale = stale


@dataclass(frozen=True, slots=True)
class Answer:
    """A file on its way.

    start: the position of the first byte, 0 when the whole file comes although less was asked for.
    total_bytes: how long the server says the whole file is, None when it does not.
    etag: the server's name for this state of the file.
    """

    start: int
    total_bytes: int | None
    etag: str | None
    chunks: AsyncIterator[bytes]


class Hub:
    """A hub, or a mirror that speaks its protocol."""

    def __init__(self, client: httpx.AsyncClient, access: HubAccess) -> None:
        """client: made by `open_hub`."""
        self._client = client
        self._url = access.url
        self._headers = {"Authorization": f"Bearer {access.token}"} if access.token else {}
        self._has_token = access.token is not None

    async def list_folder(self, repository: str, revision: str, folder: str, *, deep: bool = False) -> Listing:
        """What is in a folder. deep: also in folders below it. Raises ModelNotFound, HubForbidden, HubUnavailable, Interrupted."""
        what = f"{repository}@{revision}" if revision != "main" else repository
        found, _ = await self._json(f"/api/models/{repository}/revision/{quote(revision, safe='')}", what)
        commit = found.get("sha") if isinstance(found, dict) else None
        if not isinstance(commit, str):
            raise self._not_a_hub()
        path = (
            f"/api/models/{repository}/tree/{quote(commit, safe='')}"
            + (f"/{quote(folder)}" if folder else "")
            + ("?recursive=true" if deep else "")
        )
        what = f"{what}/{folder}" if folder else what
        files: list[HubFile] = []
        following: str | None = path
        for _ in range(MOST_PAGES):
            if following is None:
                return Listing(repository, commit, tuple(files))
            entries, following = await self._json(following, what)
            files += self._files(entries, folder)
        raise HubUnavailable(f"{what} has more files than any model.")

    @asynccontextmanager
    async def fetch(self, listing: Listing, file: HubFile, start: int, etag: str | None) -> AsyncGenerator[Answer]:
        """Begin to receive a file.

        start: the first byte that is wanted. etag: the state that the bytes before it are of; of another one, the whole file comes.
        Raises ModelNotFound, HubForbidden, HubUnavailable, Interrupted; Interrupted also while its chunks are read.
        """
        path = f"/{listing.repository}/resolve/{quote(listing.commit, safe='')}/{quote(file.path)}"
        headers = dict(self._headers)
        if start:
            headers["Range"] = f"bytes={start}-"
            if etag is not None and not etag.startswith("W/"):
                headers["If-Range"] = etag
        with _interruptions(self._name):
            async with self._client.stream("GET", self._url + path, headers=headers) as response:
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    # What is here is longer than what is there: it is of another time.
                    raise Interrupted("the file has become shorter", stale=True)
                await self._require_success(response, f"{listing.repository}/{file.path}")
                begins, total_bytes = _extent(response)
                yield Answer(begins, total_bytes, response.headers.get("etag"), response.aiter_bytes())

    async def _json(self, path: str, what: str) -> tuple[Any, str | None]:
        """The body of an answer, and the address of its next page."""
        url = path if "://" in path else self._url + path
        body = bytearray()
        with _interruptions(self._name):
            async with self._client.stream("GET", url, headers=self._headers) as response:
                await self._require_success(response, what)
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LONGEST_LISTING_BYTES:
                        raise self._not_a_hub()
        try:
            parsed = json.loads(bytes(body))
        except ValueError as error:
            raise self._not_a_hub() from error
        following = response.links.get("next", {}).get("url")
        # The token goes with it, so it must not lead elsewhere.
        if following is not None and not following.startswith(self._url + "/"):
            raise self._not_a_hub()
        return parsed, following

    async def _require_success(self, response: httpx.Response, what: str) -> None:
        if response.is_success:
            return
        status = response.status_code
        if is_worth_another_try(status):
            raise Interrupted(f"it answered with status {status}", _retry_after_seconds(response))
        if status == httpx.codes.NOT_FOUND or response.headers.get("x-error-code") in _GONE:
            raise ModelNotFound(f"{self._name} has no {what}, or does not show it.", param="model")
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            remedy = (
                "The token that is set does not open it: its owner may have to be asked there first."
                if self._has_token
                else "Set HF_TOKEN or models.hub_token_file to a token that may read it."
            )
            raise HubForbidden(f"{self._name} does not give out {what} (status {status}). {remedy}")
        raise HubUnavailable(f"{self._name} answered with status {status} when asked for {what}.")

    def _files(self, entries: Any, folder: str) -> list[HubFile]:
        if not isinstance(entries, list):
            raise self._not_a_hub()
        files = []
        for entry in entries:
            try:
                kind, path, size_bytes = entry["type"], str(entry["path"]), int(entry["size"])
                checksum = _checksum(entry)
            except (KeyError, TypeError, ValueError) as error:
                raise self._not_a_hub() from error
            name = path.removeprefix(f"{folder}/") if folder else path
            if kind == "file" and size_bytes >= 0:
                files.append(HubFile(path, name, size_bytes, checksum))
        return files

    @property
    def _name(self) -> str:
        return urlsplit(self._url).netloc

    def _not_a_hub(self) -> HubUnavailable:
        return HubUnavailable(f"{self._name} does not answer as a hub does; models.hub_url says which one is asked.")


@asynccontextmanager
async def open_hub(access: HubAccess, *, stall_seconds: float = STALL_SECONDS) -> AsyncGenerator[Hub]:
    """A hub to ask while inside; nothing is sent before a method is called."""
    timeout = httpx.Timeout(stall_seconds, connect=min(CONNECT_SECONDS, stall_seconds))
    secure = access.url.startswith("https://")

    async def stay_secure(request: httpx.Request) -> None:
        if secure and request.url.scheme != "https":
            raise HubUnavailable(
                f"{urlsplit(access.url).netloc} leads to an address without TLS ({request.url.host}): not followed."
            )

    # The certificates of the system take a while to read, and the loop has other things to do.
    client = await asyncio.to_thread(
        lambda: httpx.AsyncClient(
            timeout=timeout,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            event_hooks={"request": [stay_secure]},
            trust_env=not _is_this_machine(access.url),
        )
    )
    async with client:
        yield Hub(client, access)


def _is_this_machine(url: str) -> bool:
    """Whether a proxy for the Internet has no business with `url`."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _interruptions(name: str) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise Interrupted("nothing came for too long") from error
    except httpx.TooManyRedirects as error:
        raise HubUnavailable(f"{name} leads on from address to address without an end.") from error
    except httpx.InvalidURL as error:
        raise HubUnavailable(f"{name} leads to an address that is none.") from error
    except httpx.ConnectError as error:
        raise Interrupted(f"there is no connection ({error})") from error
    except httpx.HTTPError as error:
        # Of the library's words only the kind is told: addresses that files come from may hold keys.
        raise Interrupted(f"the connection failed ({type(error).__name__})") from error


def _checksum(entry: dict[str, Any]) -> Checksum | None:
    large = entry.get("lfs")
    if large is not None:
        return Checksum(Digest.SHA256, str(large["oid"]).removeprefix("sha256:").lower())
    return Checksum(Digest.GIT_BLOB, str(entry["oid"]).lower()) if entry.get("oid") else None


def _extent(response: httpx.Response) -> tuple[int, int | None]:
    """Where the body begins in the file, and how long the file is."""
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        length = response.headers.get("content-length", "")
        return 0, int(length) if length.isdigit() and not encoded else None
    unit, _, rest = response.headers.get("content-range", "").partition(" ")
    extent, _, total = rest.partition("/")
    first = extent.partition("-")[0]
    if unit != "bytes" or not first.isdigit():
        raise Interrupted("it sent a part of the file without saying which")
    return int(first), int(total) if total.isdigit() else None


def _retry_after_seconds(response: httpx.Response) -> float | None:
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else None
