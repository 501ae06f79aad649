from datetime import UTC, datetime
from pathlib import Path

import pytest

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.identity.key import DIGEST_PREFIX, Key, digest_of, new_secret
from voxhelm.identity.key_file import entry_of, read_keys
from voxhelm.identity.key_store import add_key, remove_key
from voxhelm.identity.scope import EVERYDAY, Scope

SECRET = "a-secret-of-thirty-characters-x"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keys"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kept", [SECRET, DIGEST_PREFIX + digest_of(SECRET), DIGEST_PREFIX + digest_of(SECRET).upper()])
def test_a_line_holds_a_name_and_a_secret_or_its_hash(tmp_path, kept):
    (key,) = read_keys(written(tmp_path, f"# ours\n\nopen-webui: {kept}\n"))
    assert key == Key("open-webui", digest_of(SECRET), frozenset(EVERYDAY))


def test_a_secret_alone_is_a_key_too_and_named_by_its_hash(tmp_path):
    first, second = read_keys(written(tmp_path, f"{SECRET}\nother-{SECRET}\n"))
    assert first.name == f"key-{digest_of(SECRET)[:8]}"
    assert second.digest == digest_of(f"other-{SECRET}")


def test_yaml_has_scopes_and_times(tmp_path):
    text = (
        f"keys:\n- name: ci\n  secret: {SECRET}\n  scopes: [speech, admin]\n  created: 2026-01-31\n  expires: 2027-01-31T12:00:00\n"
    )
    (key,) = read_keys(written(tmp_path, text))
    assert key.scopes == {Scope.SPEECH, Scope.ADMIN}
    assert key.created_unix_seconds == datetime(2026, 1, 31, tzinfo=UTC).timestamp()
    assert key.expires_unix_seconds == datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp()
    assert not key.expired(key.expires_unix_seconds - 1)
    assert key.expired(key.expires_unix_seconds)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("web: too-short", "could be guessed"),
        (f"web: {SECRET}\nweb: {SECRET}2", "more than once"),
        (f"web: {DIGEST_PREFIX}123", "64 hexadecimal"),
        ("keys: nothing", "list under `keys`"),
        ("keys:\n- name: 'a b'\n  secret: x", "a name is"),
        ("keys:\n- name: web", "needs a `hash`"),
        (f"keys:\n- name: web\n  secret: {SECRET}\n  scope: [speech]", "no field scope"),
        (f"keys:\n- name: web\n  secret: {SECRET}\n  scopes: [everything]", "scopes may be speech"),
        (f"keys:\n- name: web\n  secret: {SECRET}\n  scopes: speech", "must be a list"),
        (f"keys:\n- name: web\n  secret: {SECRET}\n  expires: soon", "a date such as"),
        (f"keys:\n- name: web\n  secret: [{SECRET}", "line"),
    ],
)
def test_what_is_wrong_is_told_without_the_secret(tmp_path, text, told):
    with pytest.raises(ConfigurationInvalid, match=told) as caught:
        read_keys(written(tmp_path, text))
    assert SECRET not in caught.value.message


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "keys").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationInvalid, match="UTF-8"):
        read_keys(tmp_path / "keys")


def test_keys_are_added_and_removed_and_the_secret_is_nowhere(tmp_path):
    path = tmp_path / "deep" / "keys.yaml"
    secret = new_secret()
    add_key(path, Key("first", digest_of(secret), frozenset({Scope.MODELS}), 1.0, 2.0))
    add_key(path, Key("second", digest_of("x" * 20)))
    assert secret not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    first, second = read_keys(path)
    assert first == Key("first", digest_of(secret), frozenset({Scope.MODELS}), 1.0, 2.0)
    assert second.scopes == set(EVERYDAY)
    with pytest.raises(ConfigurationInvalid, match="already"):
        add_key(path, first)
    remove_key(path, "first")
    remove_key(path, "second")
    assert read_keys(path) == ()
    with pytest.raises(ConfigurationInvalid, match="It has: none"):
        remove_key(path, "first")


def test_a_name_that_cannot_be_one_is_refused(tmp_path):
    with pytest.raises(ConfigurationInvalid, match="64 letters"):
        add_key(tmp_path / "keys", Key("a b", digest_of(SECRET)))


def test_an_entry_reads_back_as_the_key_it_was(tmp_path):
    key = Key("ci", digest_of(SECRET), frozenset(Scope), 1_700_000_000.0, 1_800_000_000.0)
    assert entry_of(key)["hash"] == DIGEST_PREFIX + digest_of(SECRET)
    add_key(tmp_path / "keys", key)
    assert read_keys(tmp_path / "keys") == (key,)
