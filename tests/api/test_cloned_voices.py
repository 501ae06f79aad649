"""Consents and cloned voices over HTTP, from the upload to the sound, with an engine that says everything with the sample itself."""

import io
import wave
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
from openai import OpenAI

from tests.conftest import running_server

DATA = Path(__file__).parent.parent / "data"
RATE_HZ = 24_000


def spoken(seconds):
    """Flite speaking, as a WAV file at its own rate."""
    pieces, rate_hz = [], 0
    for clip in sorted(DATA.glob("flite-*.wav")):
        with wave.open(str(clip)) as file:
            rate_hz = file.getframerate()
            pieces.append(np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"))
    return wav(np.resize(np.concatenate(pieces), round(seconds * rate_hz)), rate_hz)


def wav(samples, rate_hz):
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return data.getvalue()


SAMPLE = spoken(8.0)
CONSENT = spoken(3.0)


def settings_of(folder):
    return {
        "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE", "voxhelm.testing.cloning_engine:ENGINE"]',
        "VOXHELM_VOICES__CLONED_DIRECTORY": str(folder / "voices"),
        "VOXHELM_CACHE__DIRECTORY": str(folder / "narrations"),
        "VOXHELM_CACHE__LIMIT_BYTES": "10MiB",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cloned")


@pytest.fixture(scope="module")
def box(folder, tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("box"), **settings_of(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def client(box):
    with OpenAI(base_url=f"{box.url}/v1", api_key="none", max_retries=0) as one:
        yield one


@pytest.fixture(scope="module")
def http(box):
    with httpx.Client(base_url=box.url, timeout=60) as one:
        yield one


@pytest.fixture
def consent(client):
    one = client.audio.voice_consents.create(name="Ivan", language="bg-BG", recording=("consent.wav", CONSENT, "audio/wav"))
    yield one
    client.audio.voice_consents.delete(one.id)


@pytest.fixture
def voice(client, consent):
    one = client.audio.voices.create(name="Иван", consent=consent.id, audio_sample=("sample.wav", SAMPLE, "audio/wav"))
    yield one
    client.delete(f"/audio/voices/{one.id}", cast_to=httpx.Response)


def said(client, voice, **more):
    body = {"input": "Добър ден, как сте?", "model": "auto", "voice": voice, "response_format": "pcm"} | more
    return np.frombuffer(client.audio.speech.create(**body, extra_body={"even_loudness": False}).read(), dtype="<i2")


def blobs(folder):
    return {path.name for path in (folder / "voices" / "recordings").glob("??/*")}


def narrations(folder):
    return {path.name for path in (folder / "narrations" / "blobs").glob("??/*")}


def test_a_consent_is_kept_listed_renamed_and_deleted(client):
    made = client.audio.voice_consents.create(name=" Ivan ", language="bg", recording=("consent.wav", CONSENT))
    assert (made.object, made.name, made.language) == ("audio.voice_consent", "Ivan", "bg")
    assert made.created_at > 1_700_000_000
    assert client.audio.voice_consents.retrieve(made.id) == made
    assert client.audio.voice_consents.update(made.id, name="Maria").name == "Maria"
    other = client.audio.voice_consents.create(name="Other", language="en-US", recording=("consent.wav", CONSENT))
    assert [one.id for one in client.audio.voice_consents.list(limit=1)] == [other.id, made.id]
    for one in (made, other):
        deleted = client.audio.voice_consents.delete(one.id)
        assert (deleted.id, deleted.deleted, deleted.object) == (one.id, True, "audio.voice_consent")
    with pytest.raises(openai.NotFoundError) as missing:
        client.audio.voice_consents.retrieve(made.id)
    assert missing.value.code == "consent_not_found"


def test_a_voice_speaks_with_the_sound_of_its_sample_by_name_by_id_and_as_an_object(client, voice, consent):
    assert (voice.object, voice.type, voice.name) == ("audio.voice", "audio_sample", "Иван")
    sounds = [said(client, one) for one in ("Иван", "иван", voice.id, {"id": voice.id}, f"fake-cloning/{voice.id}")]
    assert all(np.array_equal(sound, sounds[0]) for sound in sounds)
    # The engine says the text with the sample itself, whose silence before the first word was cut.
    with wave.open(io.BytesIO(SAMPLE)) as file:
        sent = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    level = float(np.sqrt(np.mean(sounds[0].astype(float) ** 2)))
    assert level > 0.3 * float(np.sqrt(np.mean(sent**2)))
    assert not np.any(said(client, "silent", model="fake-cloning"))


def test_it_is_listed_as_open_webui_reads_it_and_the_answer_names_it(http, voice):
    (listed,) = [one for one in http.get("/v1/audio/voices").json()["voices"] if one["kind"] == "cloned"]
    assert (listed["id"], listed["name"], listed["languages"]) == (voice.id, "Иван", ["en", "bg"])
    answer = http.post("/v1/audio/speech", json={"input": "Hi.", "voice": voice.id})
    assert (answer.headers["x-voxhelm-voice"], answer.headers["x-voxhelm-model"]) == (voice.id, "fake-cloning")


def test_what_is_deleted_is_gone_its_sample_and_what_it_has_said_too(client, http, consent, folder):
    before, narrated = blobs(folder), narrations(folder)
    made = client.audio.voices.create(name="Passing", consent=consent.id, audio_sample=("sample.wav", SAMPLE))
    said(client, "Passing", input="Something only this voice has said.")
    kept = http.post("/v1/audio/speech", json={"input": "Kept.", "voice": "Passing"})
    again = http.post("/v1/audio/speech", json={"input": "Kept.", "voice": "Passing"})
    assert (kept.headers["x-voxhelm-cache"], again.headers["x-voxhelm-cache"]) == ("miss", "hit")
    assert len(blobs(folder) - before) == 1
    # What was sent is kept a moment later, as fast as the disk is.
    while len(narrations(folder)) < len(narrated) + 2:
        pass
    answer = http.delete(f"/v1/audio/voices/{made.id}")
    assert answer.json() == {"id": made.id, "object": "audio.voice.deleted", "deleted": True}
    assert blobs(folder) == before
    assert narrations(folder) == narrated
    gone = http.post("/v1/audio/speech", json={"input": "Kept.", "voice": "Passing"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (400, "voice_not_found")


def test_a_consent_stays_while_a_voice_needs_it(http, voice, consent):
    answer = http.delete(f"/v1/audio/voice_consents/{consent.id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "consent_in_use")


def noisy():
    with wave.open(io.BytesIO(SAMPLE)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
        rate_hz = file.getframerate()
    return wav(np.clip(samples * 60, -32_768, 32_767), rate_hz)


@pytest.mark.parametrize(
    ("sample", "status", "code"),
    [
        (b"this is no audio at all", 400, "audio_unreadable"),
        (b"", 400, "audio_unreadable"),
        (wav(np.zeros(0), RATE_HZ), 400, "audio_empty"),
        (wav(np.zeros(5 * RATE_HZ), RATE_HZ), 400, "sample_unsuited"),
        (spoken(2.0), 400, "sample_unsuited"),
        (spoken(50.0), 400, "sample_unsuited"),
        (spoken(70.0), 400, "sample_unsuited"),
        (noisy(), 400, "sample_unsuited"),
        (b"x" * (10 * 1024**2 + 1), 413, "body_too_large"),
    ],
    ids=["no audio", "nothing", "no sample", "silence", "too short", "too much speech", "too long", "distorted", "too large"],
)
def test_a_recording_that_no_voice_can_be_taken_from_is_refused_and_not_kept(http, consent, folder, sample, status, code):
    before = blobs(folder)
    answer = http.post(
        "/v1/audio/voices", data={"name": "New", "consent": consent.id}, files={"audio_sample": ("sample.wav", sample)}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert answer.json()["error"]["param"] == "audio_sample"
    assert blobs(folder) == before


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"name": "alloy"}, 409, "voice_exists", "name"),
        ({"name": "EN"}, 409, "voice_exists", "name"),
        ({"name": "Tone"}, 409, "voice_exists", "name"),
        ({"name": "иван"}, 409, "voice_exists", "name"),
        ({"name": "../../etc/passwd"}, 400, "invalid_value", "name"),
        ({"name": "two\nlines"}, 400, "invalid_value", "name"),
        ({"name": "x" * 101}, 400, "invalid_value", "name"),
        ({"name": None}, 400, "missing_required_parameter", "name"),
        ({"consent": "cons_0"}, 404, "consent_not_found", "consent"),
        ({"consent": "../records.json"}, 404, "consent_not_found", "consent"),
        ({"consent": None}, 400, "missing_required_parameter", "consent"),
        ({"type": "prompt"}, 400, "invalid_value", "type"),
    ],
)
def test_what_is_wrong_with_a_field_is_told(http, consent, voice, fields, status, code, param):
    data = {name: value for name, value in ({"name": "New", "consent": consent.id} | fields).items() if value is not None}
    answer = http.post("/v1/audio/voices", data=data, files={"audio_sample": ("../../sample.wav", SAMPLE)})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param), answer.text


@pytest.mark.parametrize(
    ("fields", "files", "code"),
    [
        ({"name": "Ivan", "language": "bulgarian!"}, {"recording": CONSENT}, "invalid_value"),
        ({"name": "Ivan"}, {"recording": CONSENT}, "missing_required_parameter"),
        ({"name": "Ivan", "language": "bg"}, {"file": CONSENT}, "missing_required_parameter"),
        ({"name": "Ivan", "language": "bg"}, {"recording": wav(np.zeros(RATE_HZ), RATE_HZ)}, "sample_unsuited"),
    ],
)
def test_what_is_wrong_with_a_consent_is_told(http, fields, files, code):
    answer = http.post("/v1/audio/voice_consents", data=fields, files={name: (name, data) for name, data in files.items()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize("voice_id", ["voice_0", "en", "..%2F..%2Frecords.json"])
def test_only_cloned_voices_can_be_deleted(http, voice_id):
    assert http.delete(f"/v1/audio/voices/{voice_id}").status_code == 404


def test_a_page_of_another_site_cannot_leave_a_recording_here(http):
    answer = http.post(
        "/v1/audio/voice_consents",
        data={"name": "Ivan", "language": "bg"},
        files={"recording": ("r.wav", CONSENT)},
        headers={"origin": "https://elsewhere.example"},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "insufficient_scope")


def test_voices_survive_a_restart_and_wait_for_an_engine_that_clones(client, voice, folder, tmp_path):
    settings = settings_of(folder)
    with (
        running_server(tmp_path, **settings) as server,
        OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as other,
    ):
        assert np.array_equal(said(other, voice.id), said(client, voice.id))
    settings["VOXHELM_MODELS__EXTRA_ENGINES"] = '["voxhelm.testing.engine:ENGINE"]'
    with (
        running_server(tmp_path, **settings) as server,
        OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as other,
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            said(other, voice.id)
        assert refused.value.code == "cloning_unsupported"
        with pytest.raises(openai.BadRequestError) as refused:
            other.audio.voices.create(name="New", consent=voice.id, audio_sample=("sample.wav", SAMPLE))
        assert refused.value.code == "cloning_unsupported"
        assert "voxhelm pull" in str(refused.value)


def test_a_model_that_does_not_clone_says_so(http, voice):
    answer = http.post("/v1/audio/speech", json={"input": "Hi.", "model": "fake-speech", "voice": voice.id})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "cloning_unsupported")
