import pytest

from voxhelm.webrtc.turn_credentials import TurnCredentials


def test_the_password_is_what_a_relay_computes_for_itself():
    minted = TurnCredentials.mint("north", "alice", now_seconds=1_000.9, lifetime_seconds=600)
    assert minted.username == "1600:alice"
    # printf 1600:alice | openssl dgst -sha1 -hmac north -binary | base64
    assert minted.password == "dN9x045+nGZ38EwLhtdqdyv3otM="
    assert minted.expires_at_seconds == 1_600


def test_another_secret_gives_another_password():
    one = TurnCredentials.mint("north", "alice", now_seconds=0, lifetime_seconds=60)
    other = TurnCredentials.mint("south", "alice", now_seconds=0, lifetime_seconds=60)
    assert one.username == other.username
    assert one.password != other.password


def test_a_name_that_a_relay_would_misread_is_refused():
    with pytest.raises(ValueError, match="colon"):
        TurnCredentials.mint("north", "a:b", now_seconds=0, lifetime_seconds=60)
