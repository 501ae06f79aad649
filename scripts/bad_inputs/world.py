"""What can be attacked: the routes that a server describes, and the models of it that cost least."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FORM_TYPE: Final = "multipart/form-data"
PARAMETER: Final = re.compile(r"\{\w+\}")
# Nothing is described there: the console, the document itself, the base URL.
UNDESCRIBED: Final = (("GET", "/"), ("GET", "/v1/"), ("GET", "/openapi.json"), ("GET", "/console/app.js"))
# What a route may hold that is worth reaching behind its first check, by the field's name.
FITTING: Final[Mapping[str, Any]] = {"input": "Yes.", "text": "Yes.", "response_format": "pcm"}
CHEAP: Final[Mapping[str, str]] = {"speech": "fake-speech", "transcription": "fake-transcription"}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    fields: the properties of its body with a value that fits each; empty when it takes no body. files: those of a form that are files.
    """

    method: str
    path: str
    content_type: str | None
    fields: Mapping[str, Any]
    queries: tuple[str, ...]
    files: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether it is a file of the console, whose errors are for browsers."""
        return self.path == "/" or self.path.startswith("/console")

    @property
    def changes_models(self) -> bool:
        """Whether it installs, loads, unloads or removes, or may do so under a name we do not know."""
        return (self.method != "GET" and "/models" in self.path) or (self.method == "DELETE" and "/requests" not in self.path)


@dataclass(frozen=True, slots=True)
class World:
    """A server under attack.

    routes: what may be sent to it. speech, transcription: routes to say and to hear by. forms: those that take a form. voice: fields that
        speak at little cost.
    recogniser: the model that hears at little cost. sounds: recordings by name.
    """

    routes: tuple[Route, ...]
    speech: Route
    transcription: Route
    forms: tuple[Route, ...]
    voice: Mapping[str, Any]
    recogniser: Mapping[str, Any]
    sounds: Mapping[str, bytes]


def world_of(document: Mapping[str, Any], models: Mapping[str, Any], sounds: Mapping[str, bytes], *, ours: bool) -> World:
    """From `/openapi.json` and `/v1/models`. ours: the server is thrown away afterwards, so that everything may be tried."""
    described = [
        _route(method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    bare = [Route(method, path, None, {}, ()) for method, path in UNDESCRIBED]
    routes = tuple(route for route in (*described, *bare) if ours or not route.changes_models)
    installed = {model["id"] for model in models["data"]}
    by_name = {f"{route.method} {route.path}": route for route in routes}
    return World(
        routes,
        by_name["POST /v1/audio/speech"],
        by_name["POST /v1/audio/transcriptions"],
        tuple(route for route in routes if route.content_type == FORM_TYPE),
        {"model": CHEAP["speech"], "voice": "tone"} if CHEAP["speech"] in installed else {"model": "auto", "voice": "auto"},
        {"model": CHEAP["transcription"] if CHEAP["transcription"] in installed else "auto"},
        sounds,
    )


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Route:
    content = operation.get("requestBody", {}).get("content", {})
    content_type = next(iter(content), None)
    properties = content[content_type].get("schema", {}).get("properties", {}) if content_type else {}
    files = tuple(name for name, schema in properties.items() if schema.get("format") == "binary")
    fields = {name: FITTING.get(name, _fitting(schema)) for name, schema in properties.items() if name not in files}
    queries = tuple(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
    return Route(method, path, content_type, fields, queries, files)


def _fitting(schema: Mapping[str, Any]) -> Any:
    """A value that a schema allows, near enough."""
    if "default" in schema and schema["default"] is not None:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    for branch in schema.get("anyOf", schema.get("oneOf", ())):
        if branch.get("type") != "null":
            return _fitting(branch)
    return {"integer": 1, "number": 1.0, "boolean": False, "array": [], "object": {}}.get(str(schema.get("type")), "x")


def as_text(value: Any) -> str:
    """A value as a form or a query carries it."""
    return value if isinstance(value, str) else json.dumps(value)
