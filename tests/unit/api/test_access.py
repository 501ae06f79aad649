import pytest

from voxhelm.api.access import NEEDED, NOTHING_PUBLIC, AccessOptions, Door, needed
from voxhelm.identity.scope import Scope
from voxhelm.testing.app import make_voxhelm

PUBLIC = AccessOptions(public_lists=True, public_metrics=True)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/health", "/health/live", "/health/ready", "/console/app.js", "/openapi.json"]
)
def test_probes_and_the_consoles_files_are_open(path):
    assert needed("GET", path, NOTHING_PUBLIC) is Door.OPEN
    assert needed("POST", path, PUBLIC) is Door.ANY_KEY


@pytest.mark.parametrize("path", ["/v1/models", "/v1/audio/models", "/v1/audio/voices"])
def test_lists_are_open_only_when_they_are_public(path):
    assert needed("GET", path, NOTHING_PUBLIC) is Door.ANY_KEY
    assert needed("GET", path, PUBLIC) is Door.OPEN
    assert needed("GET", path + "/", PUBLIC) is Door.ANY_KEY


def test_metrics_need_their_scope_unless_they_are_public():
    assert needed("GET", "/metrics", NOTHING_PUBLIC) is Scope.METRICS
    assert needed("GET", "/metrics", PUBLIC) is Door.OPEN


@pytest.mark.parametrize(
    ("method", "path", "need"),
    [
        ("POST", "/v1/audio/speech", Scope.SPEECH),
        ("POST", "/v1/audio/transcriptions", Scope.TRANSCRIPTION),
        ("POST", "/v1/models", Scope.MODELS),
        ("DELETE", "/v1/models/a/b", Scope.MODELS),
        ("POST", "/v1/models/a/b/load", Scope.MODELS),
        ("POST", "/v1/audio/voices", Scope.VOICES),
        ("DELETE", "/v1/audio/voices/voice_1", Scope.VOICES),
        ("GET", "/v1/audio/voice_consents", Scope.VOICES),
        ("GET", "/v1/models/espeak-ng", Door.ANY_KEY),
        ("DELETE", "/v1/requests/1", Door.ANY_KEY),
        ("GET", "/v1/nothing", Door.ANY_KEY),
        ("GET", "/consoles", Door.ANY_KEY),
        ("OPTIONS", "/v1/audio/speech", Door.ANY_KEY),
    ],
)
def test_everything_else_needs_a_key(method, path, need):
    assert needed(method, path, PUBLIC) is need


def test_every_route_that_does_something_needs_a_scope():
    """A route that is added gets a line in the table, or is named here as harmless for every key."""
    harmless = {("delete", "/v1/requests/{request_id}")}
    app = make_app()
    doing = {
        (method, path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if method != "get" and (method, path) not in harmless
    }
    assert doing
    assert {one for one in doing if isinstance(needed(one[0].upper(), one[1], NOTHING_PUBLIC), Door)} == set()
    assert NEEDED


def make_app():
    from voxhelm.compose import compose_app
    from voxhelm.config import Settings

    return compose_app(make_voxhelm(), Settings())._app
