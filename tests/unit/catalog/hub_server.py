"""A hub on loopback: the real protocol over real sockets, and every way in which networks and servers fail."""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

# What happens to a request for the bytes of a file; called in its stead.
Fault = Callable[["_Handler", bytes], None]


def git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass
class Seen:
    """A request. path: without the query."""

    path: str
    headers: dict[str, str]


@dataclass
class FakeHub:
    """files: by repository and path. large: names that are listed with a SHA-256, as the hub does for large files."""

    url: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commit: str = "c0ffee" * 6 + "0000"
    large_bytes: int = 1000
    token: str | None = None
    checksums: bool = True
    listed_sizes: dict[str, int] = field(default_factory=dict)
    to_cdn: bool = True
    etags: bool = True
    page: int = 1000
    # For requests of a file's bytes, in order; when there are none left, the file is sent.
    faults: deque[Fault] = field(default_factory=deque)
    # The same for requests of lists: statuses.
    listing_statuses: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)
    # A stalled request stands until this is set.
    released: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)

    def entry(self, path: str, data: bytes) -> dict[str, object]:
        size = self.listed_sizes.get(path, len(data))
        entry: dict[str, object] = {"type": "file", "path": path, "size": size}
        if not self.checksums:
            return entry
        if len(data) >= self.large_bytes:
            return entry | {"oid": "0" * 40, "lfs": {"oid": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 130}}
        return entry | {"oid": git_blob(data)}

    def fetches(self, name: str) -> list[Seen]:
        """The requests for the bytes of a file that reached where the bytes are."""
        where = "/cdn/" if self.to_cdn else "/resolve/"
        return [one for one in self.seen if where in one.path and one.path.endswith(f"/{name}")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        path = unquote(split.path)
        self.hub.seen.append(Seen(path, {name.lower(): value for name, value in self.headers.items()}))
        if path.startswith("/cdn/"):
            _, _, owner, name, file = path.split("/", 4)
            self.send_file(f"{owner}/{name}", file)
            return
        if self.hub.token is not None and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            self.reply(401, b"{}", {"x-error-code": "GatedRepo"})
            return
        if path.startswith("/api/models/"):
            self.list(path.removeprefix("/api/models/"), parse_qs(split.query))
            return
        owner, name, resolve, commit, file = path.removeprefix("/").split("/", 4)
        if resolve != "resolve" or commit != self.hub.commit or file not in self.hub.files.get(f"{owner}/{name}", {}):
            self.reply(404, b"", {"x-error-code": "EntryNotFound"})
        elif self.hub.to_cdn:
            self.reply(302, b"", {"location": f"/cdn/{owner}/{name}/{file}?key=very-secret"})
        else:
            self.send_file(f"{owner}/{name}", file)

    def list(self, path: str, query: dict[str, list[str]]) -> None:
        if self.hub.listing_statuses:
            status, headers = self.hub.listing_statuses.popleft()
            self.reply(status, b"{}", headers)
            return
        owner, name, kind, rest = path.split("/", 3)
        files = self.hub.files.get(f"{owner}/{name}")
        if files is None:
            self.reply(404, b"{}", {"x-error-code": "RepoNotFound"})
            return
        if kind == "revision":
            known = rest in ("main", self.hub.commit)
            self.reply(200 if known else 404, json.dumps({"id": f"{owner}/{name}", "sha": self.hub.commit}).encode())
            return
        folder = rest.partition("/")[2]
        inside = {one: data for one, data in files.items() if one.startswith(f"{folder}/" if folder else "")}
        if folder and not inside:
            self.reply(404, b"{}", {"x-error-code": "EntryNotFound"})
            return
        depth = folder.count("/") + 1 if folder else 0
        deep = "recursive" in query
        entries = [self.hub.entry(one, data) for one, data in inside.items() if deep or one.count("/") == depth]
        entries += [{"type": "directory", "path": "assets", "size": 0, "oid": "0" * 40}]
        start = int(query.get("cursor", ["0"])[0])
        headers = {}
        if start + self.hub.page < len(entries):
            headers["link"] = f'<{self.hub.url}{urlsplit(self.path).path}?cursor={start + self.hub.page}>; rel="next"'
        self.reply(200, json.dumps(entries[start : start + self.hub.page]).encode(), headers)

    def send_file(self, repository: str, file: str) -> None:
        data = self.hub.files[repository][file]
        if self.hub.faults:
            self.hub.faults.popleft()(self, data)
        else:
            self.send_bytes(data)

    def send_bytes(self, data: bytes, upto: int | None = None, **headers: str) -> None:
        """The file, or the part of it that was asked for; only the first `upto` bytes of the answer before the line is cut."""
        etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if "If-Range" in self.headers and self.headers["If-Range"] != etag:
            start = 0
        if start >= len(data) and start:
            self.reply(416, b"", {"content-range": f"bytes */{len(data)}"})
            return
        body = data[start:]
        self.send_response(206 if start else 200)
        if self.hub.etags:
            self.send_header("ETag", etag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if upto is None else body[:upto])
        self.wfile.flush()
        if upto is not None:
            self.close_connection = True

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def dies_after(count: int) -> Fault:
    """The line is cut after so many bytes."""
    return lambda handler, data: handler.send_bytes(data, count)


def stalls_after(count: int) -> Fault:
    """So many bytes come, and then nothing, on an open line."""

    def stall(handler: _Handler, data: bytes) -> None:
        handler.send_bytes(data, count)
        handler.hub.stalled.set()
        handler.hub.released.wait(60)

    return stall


def ends_early_without_saying(count: int) -> Fault:
    """Fewer bytes than the file has, and a length that fits them: a broken copy."""
    return lambda handler, data: handler.send_bytes(data[:count])


def says_another_length(count: int) -> Fault:
    return lambda handler, data: handler.send_bytes(data, len(data), Content_Length=str(count))


def sends(other: bytes) -> Fault:
    """Another content, with an ETag of its own."""
    return lambda handler, _data: handler.send_bytes(other)


def ignores_ranges(handler: _Handler, data: bytes) -> None:
    del handler.headers["Range"]
    handler.send_bytes(data)


def answers(status: int, **headers: str) -> Fault:
    return lambda handler, _data: handler.reply(status, b"", {name.replace("_", "-"): value for name, value in headers.items()})


def leads_in_circles(handler: _Handler, _data: bytes) -> None:
    handler.hub.faults.append(leads_in_circles)
    handler.reply(302, b"", {"location": handler.path})


@contextmanager
def hub_server() -> Iterator[FakeHub]:
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
