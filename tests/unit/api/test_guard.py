import pytest

from voxhelm.api.access import AccessOptions
from voxhelm.api.guard import Guard, shown_client_secret, shown_key
from voxhelm.domain.errors import KeyInvalid, ScopeMissing
from voxhelm.identity.client_secrets import ClientSecrets
from voxhelm.identity.key import Key, digest_of
from voxhelm.identity.key_ring import KeyRing
from voxhelm.identity.scope import Scope
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.clock import ManualClock

TALKER = Key("talker", digest_of("vh-talker"), frozenset({Scope.REALTIME}))
SPEAKER = Key("speaker", digest_of("vh-speaker"), frozenset({Scope.SPEECH}))


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def kept(clock):
    return ClientSecrets(clock)


@pytest.fixture
def guard(clock, kept):
    return Guard(KeyRing((), clock, silent_log(), (TALKER, SPEAKER)), kept, AccessOptions())


@pytest.fixture
def open_guard(clock, kept):
    return Guard(KeyRing((), clock, silent_log()), kept, AccessOptions())


def socket(*, protocols=(), path="/v1/realtime", **headers):
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "websocket", "path": path, "headers": given, "subprotocols": list(protocols)}


def call(method, path, secret):
    return {"type": "http", "method": method, "path": path, "headers": [(b"authorization", f"Bearer {secret}".encode())]}


@pytest.mark.parametrize(
    "shown",
    [
        {"authorization": "Bearer vh-talker"},
        {"x_api_key": "vh-talker"},
        {"protocols": ["realtime", "openai-insecure-api-key.vh-talker", "openai-agents-sdk.0.20.0"]},
    ],
)
def test_a_socket_shows_its_key_in_a_header_or_among_its_protocols(guard, shown):
    scope = socket(**shown)
    guard.admit(scope)
    assert shown_key(scope) == TALKER


def test_a_socket_without_a_key_or_with_one_for_something_else_is_refused(guard):
    with pytest.raises(KeyInvalid):
        guard.admit(socket())
    with pytest.raises(KeyInvalid):
        guard.admit(socket(protocols=["realtime", "openai-insecure-api-key.vh-nobody"]))
    with pytest.raises(ScopeMissing, match="'realtime'"):
        guard.admit(socket(authorization="Bearer vh-speaker"))


def test_a_key_in_the_address_is_none(guard):
    with pytest.raises(KeyInvalid):
        guard.admit(socket() | {"query_string": b"api_key=vh-talker"})


def test_a_client_secret_opens_what_a_conversation_needs_and_nothing_else(guard, kept):
    secret, made = kept.mint(TALKER, b"{}", 60)
    for scope in (
        socket(authorization=f"Bearer {secret}"),
        socket(protocols=["realtime", f"openai-insecure-api-key.{secret}"]),
        call("POST", "/v1/realtime/calls", secret),
        call("GET", "/v1/realtime/ice_servers", secret),
    ):
        guard.admit(scope)
        assert shown_client_secret(scope) == made
        key = shown_key(scope)
        assert key is not None
        assert (key.name, key.scopes) == ("talker", {Scope.REALTIME})
    for method, path in (
        ("POST", "/v1/realtime/client_secrets"),
        ("POST", "/v1/realtime/calls/rtc_1/hangup"),
        ("POST", "/v1/audio/speech"),
        ("GET", "/v1/models"),
    ):
        with pytest.raises(ScopeMissing, match="client secret"):
            guard.admit(call(method, path, secret))


def test_a_client_secret_that_has_expired_or_never_was_is_401_and_says_how_to_get_one(guard, kept, clock):
    secret, _ = kept.mint(TALKER, b"{}", 60)
    clock.advance(60)
    for shown in (secret, "ek_never"):
        with pytest.raises(KeyInvalid, match="client_secrets"):
            guard.admit(socket(authorization=f"Bearer {shown}"))


def test_a_client_secret_goes_with_the_key_that_asked_for_it(clock, kept):
    revoked = Key("gone", digest_of("vh-gone"), frozenset({Scope.REALTIME}))
    secret, _ = kept.mint(revoked, b"{}", 60)
    guard = Guard(KeyRing((), clock, silent_log(), (TALKER,)), kept, AccessOptions())
    with pytest.raises(KeyInvalid):
        guard.admit(socket(authorization=f"Bearer {secret}"))


def test_a_server_without_keys_knows_its_client_secrets_and_lets_others_in_too(open_guard, kept):
    secret, made = kept.mint(None, b'{"instructions": "Be kind."}', 60)
    scope = socket(protocols=["realtime", f"openai-insecure-api-key.{secret}"])
    open_guard.admit(scope)
    assert shown_client_secret(scope) == made
    stranger = socket(authorization="Bearer ek_made_up")
    open_guard.admit(stranger)
    assert shown_client_secret(stranger) is None
    open_guard.admit(socket(authorization="Basic abc"))
