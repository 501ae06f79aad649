from concurrent.futures import ThreadPoolExecutor

import pytest

from voxhelm.catalog import cloned_voices
from voxhelm.catalog.cloned_voices import RECORDS, ClonedVoices
from voxhelm.domain.errors import (
    ClonedVoiceNotFound,
    ConfigurationInvalid,
    ConsentInUse,
    ConsentNotFound,
    TooManyVoices,
    VoiceExists,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "voices"


@pytest.fixture
def cloned(folder):
    return ClonedVoices(folder, lambda: 1_790_000_000.5)


@pytest.fixture
def consent(cloned):
    return cloned.add_consent("Ivan", "bg-BG", [b"I agree."], "operator")


def blobs(folder):
    return sorted(path.read_bytes() for path in (folder / "recordings").glob("??/*"))


def test_a_voice_survives_a_restart(cloned, consent, folder):
    voice = cloned.add_voice("Иван", consent.id, [b"sample"], "operator")
    again = ClonedVoices(folder, lambda: 0.0)
    assert again.voices() == (voice,)
    assert again.consents() == (consent,)
    assert again.sample(voice).read_bytes() == b"sample"
    assert again.open_recording(consent).read() == b"I agree."
    assert (voice.created_unix_seconds, voice.created_by, voice.consent_id) == (1_790_000_000, "operator", consent.id)


def test_it_is_found_by_its_id_or_its_name_in_any_case_and_by_nothing_else(cloned, consent):
    voice = cloned.add_voice("Иван", consent.id, [b"sample"], "")
    assert cloned.find(voice.id) == cloned.find("Иван") == cloned.find("ИВАН") == voice
    for name in ("Ив", "", "../voices", voice.id.upper(), voice.sample):
        assert cloned.find(name) is None


def test_names_are_unique_whoever_made_them(cloned, consent):
    cloned.add_voice("Иван", consent.id, [b"sample"], "one")
    with pytest.raises(VoiceExists):
        cloned.add_voice("иван", consent.id, [b"other"], "two")


def test_there_is_no_voice_without_a_consent(cloned, folder):
    with pytest.raises(ConsentNotFound):
        cloned.add_voice("Ivan", "cons_0", [b"sample"], "")
    assert blobs(folder) == []


def test_what_is_deleted_is_gone_from_the_disk(cloned, consent, folder):
    voice = cloned.add_voice("Ivan", consent.id, [b"sample"], "")
    cloned.remove_voice(voice.id)
    assert blobs(folder) == [b"I agree."]
    assert cloned.find("Ivan") is None
    cloned.remove_consent(consent.id)
    assert blobs(folder) == []
    assert b"Ivan" not in (folder / RECORDS).read_bytes()
    with pytest.raises(ClonedVoiceNotFound):
        cloned.remove_voice(voice.id)
    with pytest.raises(ConsentNotFound):
        cloned.remove_consent(consent.id)


def test_bytes_that_another_voice_has_too_stay(cloned, consent, folder):
    one, other = (cloned.add_voice(name, consent.id, [b"sample"], "") for name in ("one", "other"))
    cloned.remove_voice(one.id)
    assert cloned.sample(other).read_bytes() == b"sample"


def test_a_consent_stays_while_a_voice_needs_it(cloned, consent):
    voice = cloned.add_voice("Ivan", consent.id, [b"sample"], "")
    with pytest.raises(ConsentInUse, match=voice.id):
        cloned.remove_consent(consent.id)


def test_a_consent_can_be_renamed(cloned, consent):
    assert cloned.rename_consent(consent.id, "Ivan Petrov").name == cloned.consent(consent.id).name == "Ivan Petrov"
    with pytest.raises(ConsentNotFound):
        cloned.rename_consent("cons_0", "Nobody")


def test_the_youngest_consent_comes_first(cloned, consent):
    younger = cloned.add_consent("Maria", "bg", [b"So do I."], "")
    assert cloned.consents() == (younger, consent)


def test_there_is_a_bound(cloned, consent, monkeypatch):
    monkeypatch.setattr(cloned_voices, "MOST_KEPT", 1)
    cloned.add_voice("one", consent.id, [b"sample"], "")
    with pytest.raises(TooManyVoices):
        cloned.add_voice("two", consent.id, [b"sample"], "")
    with pytest.raises(TooManyVoices):
        cloned.add_consent("Maria", "bg", [b"So do I."], "")


def test_another_server_sees_it_at_once(cloned, consent, folder):
    other = ClonedVoices(folder, lambda: 0.0)
    voice = other.add_voice("Ivan", consent.id, [b"sample"], "")
    assert cloned.find("Ivan") == voice


def test_of_what_is_made_at_once_nothing_is_lost(cloned, consent, folder):
    others = [ClonedVoices(folder, lambda: 0.0) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda pair: pair[1].add_voice(f"voice {pair[0]}", consent.id, [b"sample"], ""), enumerate(others * 5)))
    assert {voice.name for voice in cloned.voices()} == {f"voice {number}" for number in range(20)}


def test_nobody_else_may_look(cloned, consent, folder):
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, folder / RECORDS, folder / "recordings"))


def test_looking_makes_nothing(cloned, folder):
    assert cloned.voices() == ()
    assert not folder.exists()


def test_records_that_are_damaged_stop_the_start(cloned, consent, folder):
    (folder / RECORDS).write_text("{")
    with pytest.raises(ConfigurationInvalid, match="cannot be read"):
        ClonedVoices(folder, lambda: 0.0)
