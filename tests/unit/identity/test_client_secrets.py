import pytest

from voxhelm.domain.errors import TooManyClientSecrets
from voxhelm.identity.client_secrets import ClientSecretLimits, ClientSecrets
from voxhelm.identity.key import Key, digest_of
from voxhelm.identity.scope import Scope
from voxhelm.testing.clock import ManualClock

MINTER = Key("app", digest_of("vh-secret"), frozenset({Scope.REALTIME, Scope.MODELS}))


@pytest.fixture
def clock():
    return ManualClock()


def test_a_secret_is_found_until_it_expires(clock):
    kept = ClientSecrets(clock)
    value, made = kept.mint(MINTER, b'{"voice": "bg"}', 600)
    assert value.startswith("ek_")
    assert kept.find(value) == made
    assert made.session == b'{"voice": "bg"}'
    clock.advance(599)
    assert kept.find(value) == made
    clock.advance(1)
    assert kept.find(value) is None
    assert kept.find("ek_something") is None


def test_what_is_kept_does_not_hold_the_secret(clock):
    kept = ClientSecrets(clock)
    value, made = kept.mint(None, b"{}", 600)
    assert value not in repr(made)
    assert value not in repr(vars(kept))


def test_its_holder_is_the_minter_with_realtime_and_nothing_else(clock):
    _, made = ClientSecrets(clock).mint(MINTER, b"{}", 600)
    assert made.key is not None
    assert (made.key.name, made.key.scopes) == ("app", {Scope.REALTIME})
    _, of_nobody = ClientSecrets(clock).mint(None, b"{}", 600)
    assert of_nobody.key is None


@pytest.mark.parametrize(
    ("limits", "session"),
    [(ClientSecretLimits(count=2), b"{}"), (ClientSecretLimits(session_bytes=250), b"x" * 100)],
)
def test_there_are_only_so_many_and_those_that_expired_make_room(clock, limits, session):
    kept = ClientSecrets(clock, limits)
    kept.mint(MINTER, session, 60)
    clock.advance(20)
    later, _ = kept.mint(MINTER, session, 600)
    with pytest.raises(TooManyClientSecrets) as refused:
        kept.mint(MINTER, session, 600)
    assert refused.value.retry_after_seconds == 40
    clock.advance(40)
    newest, _ = kept.mint(MINTER, session, 600)
    assert kept.find(later) is not None
    assert kept.find(newest) is not None
