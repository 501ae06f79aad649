import pytest
import structlog

from voxhelm.domain.errors import ConfigurationInvalid, KeyInvalid
from voxhelm.identity.key import Key, digest_of
from voxhelm.identity.key_ring import LOOK_AGAIN_SECONDS, KeyRing
from voxhelm.identity.key_store import add_key, remove_key
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.clock import ManualClock

SECRET = "a-secret-of-thirty-characters-x"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.yaml"


def later(clock):
    clock.advance(LOOK_AGAIN_SECONDS)


def test_without_a_file_nobody_is_asked(path, clock):
    assert not KeyRing([path], clock, silent_log()).required


def test_a_key_is_known_by_its_secret_only(path, clock):
    add_key(path, Key("web", digest_of(SECRET)))
    ring = KeyRing([path], clock, silent_log())
    assert ring.required
    assert ring.key_of(SECRET).name == "web"
    for wrong in (None, "", "web", digest_of(SECRET), SECRET + "x", "ключ"):
        with pytest.raises(KeyInvalid):
            ring.key_of(wrong)


def test_what_changes_is_noticed_and_a_ring_without_keys_lets_nobody_in(path, clock):
    add_key(path, Key("web", digest_of(SECRET)))
    ring = KeyRing([path], clock, silent_log())
    add_key(path, Key("new", digest_of(SECRET + "2")))
    with pytest.raises(KeyInvalid):
        ring.key_of(SECRET + "2")
    later(clock)
    assert ring.key_of(SECRET + "2").name == "new"
    remove_key(path, "new")
    remove_key(path, "web")
    later(clock)
    with pytest.raises(KeyInvalid):
        ring.key_of(SECRET)
    path.unlink()
    later(clock)
    with pytest.raises(KeyInvalid):
        ring.key_of(SECRET)
    assert ring.required


def test_a_file_that_breaks_leaves_the_keys_as_they_were(path, clock):
    add_key(path, Key("web", digest_of(SECRET)))
    with structlog.testing.capture_logs() as logged:
        ring = KeyRing([path], clock, structlog.get_logger())
        path.write_text("keys: broken\n")
        later(clock)
        assert ring.key_of(SECRET).name == "web"
    assert [line["log_level"] for line in logged] == ["error"]
    assert SECRET not in str(logged)


def test_a_key_whose_time_is_over_is_refused(path, clock):
    add_key(path, Key("web", digest_of(SECRET), expires_unix_seconds=clock.unix_seconds() + 10))
    ring = KeyRing([path], clock, silent_log())
    assert ring.key_of(SECRET)
    clock.advance(10)
    with pytest.raises(KeyInvalid, match="'web' has expired"):
        ring.key_of(SECRET)


def test_two_files_may_not_share_a_name(path, clock, tmp_path):
    add_key(path, Key("web", digest_of(SECRET)))
    add_key(tmp_path / "more", Key("web", digest_of(SECRET + "2")))
    with pytest.raises(ConfigurationInvalid, match="another file"):
        KeyRing([path, tmp_path / "more"], clock, silent_log())


def test_what_cannot_be_read_stops_the_start(path, clock):
    path.mkdir()
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        KeyRing([path], clock, silent_log())
