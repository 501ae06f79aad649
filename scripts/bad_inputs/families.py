"""The kinds of bad input, each a way from chance to a case."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from scripts.bad_inputs import conversations
from scripts.bad_inputs.case import FORM, JSON, Case, Ending, chance_of, damaged, form, in_pieces, message, part
from scripts.bad_inputs.values import NUMBERS, odd_header, odd_text, odd_value
from scripts.bad_inputs.world import PARAMETER, Route, World, as_text

Family = Callable[[random.Random, World], Case]

LONGEST_HEARD_OUT: Final = 200
TRICKS: Final = (
    "..",
    "../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%00",
    "a%00.wav",
    "%ff%fe",
    "%",
    "%zz",
    "//",
    ".",
    "~root",
    "con",
    "a" * 9_000,
    "%F0%9F%8E%89",
    ";jsessionid=1",
    "a/b/c/d/e/f",
    "{model_id}",
    "*",
)
METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY", "BREW", "get")
HEADERS: Final = (
    "X-Voxhelm-Priority",
    "X-Voxhelm-Deadline",
    "X-Request-Id",
    "Authorization",
    "Accept",
    "Accept-Encoding",
    "Content-Type",
    "Content-Encoding",
    "Cookie",
    "Origin",
    "Host",
    "Range",
    "If-None-Match",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Forwarded",
    "Expect",
    "Upgrade",
    "Connection",
    "TE",
    "X-HTTP-Method-Override",
    "User-Agent",
)
NOT_FORMS: Final = ("multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", "text/plain", "")
# Fields of forms other than hearing's without which their recording is not looked at.
NEEDED: Final = ("name", "language", "consent")
NOT_HTTP: Final = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    b"GET /health\r\n\r\n",
    b"GET /health HTTP/9.9\r\n\r\n",
    b"GET  /health HTTP/1.1\r\n\r\n",
    b"\r\n\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost\r\n\r\n",
    b"GET /health HTTP/1.1\r\n Host: folded\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n{}",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    b"EHLO example.org\r\n",
)


def json_damaged(chance: random.Random, world: World) -> Case:
    """A body of JSON with wrong bytes in it."""
    route = chance.choice([route for route in world.routes if route.content_type == JSON])
    body = damaged(chance, json.dumps({**route.fields, **_cheap(route, world)}).encode())
    return Case("JSON, damaged", in_pieces(chance, message(route.method, _path(chance, route), body, (), JSON)))


def json_values(chance: random.Random, world: World) -> Case:
    """A body of JSON whose fields hold what they may not."""
    route = chance.choice([route for route in world.routes if route.content_type == JSON])
    fields = {**route.fields, **_cheap(route, world)}
    for name in chance.sample(sorted(fields), chance.randint(1, min(3, len(fields)))):
        fields[name] = odd_value(chance)
    if chance.random() < 0.2:
        fields[odd_text(chance)[:60]] = odd_value(chance)
    whole: Any = fields if chance.random() < 0.95 else chance.choice(([], [fields], odd_value(chance)))
    body = json.dumps(whole, ensure_ascii=chance.random() < 0.5).encode("utf-8", errors="surrogatepass")
    return Case("JSON, odd values", in_pieces(chance, message(route.method, _path(chance, route), body, (), JSON)))


def json_deep(chance: random.Random, world: World) -> Case:
    """A body that is nested, long or repeated."""
    count = chance.choice((50, 2_000, 60_000))
    body = chance.choice(
        (
            b"[" * count,
            b'{"input":' * count,
            b'{"input":"' + b"x" * count,
            b'{"input":"Yes.",' + b'"a":1,' * count + b'"b":2}',
            b'{"input":"' + b"\\u0000" * count + b'"}',
            b'{"input":' + b"9" * count + b"}",
        )
    )
    route = chance.choice([route for route in world.routes if route.content_type == JSON])
    return Case("JSON, deep or long", in_pieces(chance, message(route.method, _path(chance, route), body, (), JSON)))


def text(chance: random.Random, world: World) -> Case:
    """A text that is hard to say, for a real engine."""
    fields: dict[str, Any] = {
        "input": odd_text(chance),
        "response_format": chance.choice(("pcm", "mp3", "opus", "flac", "wav", "aac")),
    }
    if chance.random() < 0.5:
        fields["voice"] = chance.choice(("en", "bg", "alloy", "de", "auto", "en-us+f3", odd_text(chance)[:50]))
    if chance.random() < 0.3:
        fields["speed"] = chance.choice((0.25, 4, 1, 3.999))
    if chance.random() < 0.2:
        fields["stream_format"] = "sse"
    body = json.dumps(fields).encode()
    # A long text may be spoken for hours; that it is begun is enough.
    ending = Ending.WAIT if len(fields["input"]) <= LONGEST_HEARD_OUT else Ending.LEAVE_AT_FIRST_BYTE
    return Case("texts", (message("POST", world.speech.path, body, (), JSON),), ending)


def form_damaged(chance: random.Random, world: World) -> Case:
    """A form with wrong bytes in it, its boundaries too."""
    route = _form_route(chance, world)
    sound = chance.choice(list(world.sounds.values()))[:2_000]
    parts = [*(part(name, sound, "a.wav") for name in route.files), *_parts(world.recogniser)]
    chance.shuffle(parts)
    kind = chance.choice((FORM, FORM, FORM, *NOT_FORMS))
    return Case(
        "forms, damaged", in_pieces(chance, message(route.method, _path(chance, route), damaged(chance, form(parts)), (), kind))
    )


def form_values(chance: random.Random, world: World) -> Case:
    """A form whose fields hold what they may not, or come twice, or are files."""
    route = _form_route(chance, world)
    fields = {**route.fields, **(world.recogniser if "model" in route.fields else {})}
    filename = odd_text(chance)[:80].translate({10: None, 13: None, 34: None})
    parts = [part(name, chance.choice(list(world.sounds.values())), filename) for name in route.files]
    for name in chance.sample(sorted(fields), min(len(fields), chance.randint(1, 5))):
        spelt = name if chance.random() < 0.9 else name.removesuffix("[]")
        value = as_text(odd_value(chance)).encode("utf-8", errors="surrogatepass")
        parts += [part(spelt, value, "x" if chance.random() < 0.05 else None)] * chance.choice((1, 1, 1, 2, 50))
    parts += _parts(world.recogniser) if chance.random() < 0.7 else []
    if chance.random() < 0.1:
        parts += [part(f"extra{number}", b"x") for number in range(chance.choice((20, 1_100)))]
    return Case("forms, odd values", in_pieces(chance, message(route.method, _path(chance, route), form(parts), (), FORM)))


def sound_damaged(chance: random.Random, world: World) -> Case:
    """A recording with wrong bytes in it."""
    route = _form_route(chance, world)
    name, data = chance.choice(list(world.sounds.items()))
    if chance.random() < 0.15:
        other = chance.choice(list(world.sounds.values()))
        data = data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]
    for _ in range(chance.choice((1, 1, 1, 4))):
        data = damaged(chance, data)
    parts = [part(file, data, f"a.{name.partition('-')[0]}") for file in route.files]
    if route == world.transcription:
        parts += [part("response_format", chance.choice((b"json", b"text", b"srt", b"verbose_json"))), *_parts(world.recogniser)]
        parts += [part("channels", b"separate")] if chance.random() < 0.1 else []
    else:
        parts += [part(name, as_text(value).encode()) for name, value in route.fields.items() if name in NEEDED]
    return Case("recordings, damaged", (message(route.method, _path(chance, route), form(parts), (), FORM),))


def headers(chance: random.Random, world: World) -> Case:
    """Headers with odd values, or many, or long."""
    route = chance.choice((world.speech, *world.routes))
    body = json.dumps({**route.fields, **_cheap(route, world)}).encode() if route.content_type == JSON else b""
    chosen = [(name, odd_header(chance)) for name in chance.sample(HEADERS, chance.randint(1, 4))]
    if chance.random() < 0.1:
        chosen += [(f"X-Many-{number}", "x" * 20) for number in range(chance.choice((50, 500)))]
    if chance.random() < 0.2:
        chosen = [*chosen, *chosen]
    sent = message(route.method, _path(chance, route), body, chosen, route.content_type)
    # Some of these are not HTTP any more (a host that cannot be, two lengths), and then the parser speaks for the server.
    return Case("headers", (sent,), is_http=False, is_page=route.is_page)


def paths(chance: random.Random, world: World) -> Case:
    """Paths and methods that lead nowhere, or should not."""
    route = chance.choice(world.routes)
    path = _path(chance, route)
    kind = chance.random()
    if kind < 0.4:
        path = "/".join([path.rstrip("/"), chance.choice(TRICKS)])
    elif kind < 0.6:
        path = chance.choice(("", "/v1", "/v1/v1", "//", "/console", "/console/..")) + "/" + chance.choice(TRICKS)
    elif kind < 0.8:
        path = path.upper() if chance.random() < 0.3 else path + chance.choice(("/", "//", "?", "#x", "%20", ".json"))
    # A method of ours on a route that takes it could do something; these cases are about finding nothing.
    method = chance.choice(METHODS) if kind >= 0.8 else chance.choice(("GET", "HEAD", "PUT", "OPTIONS"))
    return Case(
        "paths and methods",
        (message(method, path),),
        is_http=path.isascii() and "#" not in path and method.isupper() and method not in ("QUERY", "BREW"),
        method=method,
    )


def queries(chance: random.Random, world: World) -> Case:
    """Queries that nobody described."""
    route = chance.choice([route for route in world.routes if route.method == "GET"])
    names = [*route.queries, "x", odd_text(chance)[:30]]
    given = [(chance.choice(names), as_text(odd_value(chance))) for _ in range(chance.choice((1, 2, 40)))]
    query = "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')[:500]}" for name, value in given)
    return Case("queries", (message("GET", f"{_path(chance, route)}?{query}"),))


def not_http(chance: random.Random, world: World) -> Case:
    """Bytes that are no request."""
    data = (
        chance.choice(NOT_HTTP)
        if chance.random() < 0.6
        else damaged(chance, message("POST", world.speech.path, b'{"input": "Yes."}', (), JSON))
    )
    # It may be the beginning of a request that never goes on, so nobody waits for an answer.
    return Case("not HTTP", in_pieces(chance, data), Ending.HALF_CLOSE, is_http=False)


def half_closed(chance: random.Random, world: World) -> Case:
    """A whole request, or half of one, and then the client says that it is done."""
    data = _innocent(chance, world)
    cut = chance.choice((len(data), chance.randrange(1, len(data))))
    return Case("half-closed", in_pieces(chance, data[:cut]), Ending.HALF_CLOSE, is_http=False)


def leaver(chance: random.Random, world: World) -> Case:
    """A client that goes before its request is complete, before the answer, or when the answer begins."""
    data = _innocent(chance, world)
    ending = chance.choice((Ending.LEAVE, Ending.RESET, Ending.LEAVE_AT_FIRST_BYTE))
    if ending is not Ending.LEAVE_AT_FIRST_BYTE and chance.random() < 0.5:
        data = data[: chance.randrange(1, len(data))]
    return Case("leavers", in_pieces(chance, data), ending)


FAMILIES: Final[Mapping[Family, int]] = {
    json_damaged: 12,
    json_values: 14,
    json_deep: 2,
    text: 10,
    form_damaged: 10,
    form_values: 8,
    sound_damaged: 16,
    headers: 8,
    paths: 8,
    queries: 3,
    not_http: 5,
    half_closed: 3,
    leaver: 5,
    conversations.events: 10,
    conversations.frames: 5,
    conversations.handshakes: 3,
    conversations.offers: 4,
}


def case_of(seed: int, index: int, world: World) -> Case:
    """The case of an index; the same again for the same seed and world."""
    chance = chance_of(seed, index)
    (family,) = chance.choices(list(FAMILIES), list(FAMILIES.values()))
    return family(chance, world)


def _innocent(chance: random.Random, world: World) -> bytes:
    """A request with nothing wrong in it."""
    if chance.random() < 0.5:
        sound = chance.choice(list(world.sounds.values()))
        return message("POST", world.transcription.path, form([part("file", sound, "a"), *_parts(world.recogniser)]), (), FORM)
    fields = {
        "input": "It was the best of times. " * chance.choice((1, 40, 400)),
        "response_format": chance.choice(("pcm", "mp3", "opus")),
    }
    return message("POST", world.speech.path, json.dumps({**fields, **world.voice}).encode(), (), JSON)


def _form_route(chance: random.Random, world: World) -> Route:
    """Hearing is the oldest and the widest of them, so it gets half."""
    return world.transcription if chance.random() < 0.5 else chance.choice(world.forms)


def _cheap(route: Route, world: World) -> Mapping[str, Any]:
    return world.voice if route == world.speech else {}


def _parts(fields: Mapping[str, Any]) -> list[bytes]:
    return [part(name, as_text(value).encode()) for name, value in fields.items()]


def _path(chance: random.Random, route: Route) -> str:
    """The route's path with an id that no model, voice or request has, and that may be a trick."""
    wrong = (
        chance.choice((*TRICKS, quote(odd_text(chance)[:60], errors="replace"), str(chance.choice(NUMBERS[:-1])), "no-such-thing"))
        or "x"
    )
    return PARAMETER.sub(lambda _: wrong, route.path)
