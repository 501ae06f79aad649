"""The calls of Open WebUI's audio router, as it makes them."""

import wave

import pytest

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm

BEARER = {"Authorization": "Bearer not-needed"}


@pytest.fixture(params=["/v1", ""], ids=["with /v1", "without"])
def base(request):
    """What an administrator types as the base URL, without the server."""
    return request.param


def test_its_voices_and_models_are_listed_without_authorization(web, base):
    voices = web.get(f"{base}/audio/voices", headers={"Content-Type": "application/json"}).json()["voices"]
    assert all(isinstance(voice["id"], str) and isinstance(voice["name"], str) for voice in voices)
    assert {"alloy", "en", "bg"} <= {voice["id"] for voice in voices}
    models = web.get(f"{base}/audio/models").json()["models"]
    assert {"tts-1"} <= {model["id"] for model in models}


def test_every_voice_and_model_of_its_lists_can_be_chosen(web):
    """Everything that it offers must speak; one word for each voice that is not another's name."""
    voices = [voice["id"] for voice in web.get("/v1/audio/voices").json()["voices"] if voice["kind"] != "engine"]
    for voice in voices:
        assert web.post("/v1/audio/speech", json={"model": "tts-1", "input": "Да, yes.", "voice": voice}).status_code == 200, voice
    for model in web.get("/v1/audio/models").json()["models"]:
        answer = web.post("/v1/audio/speech", json={"model": model["id"], "input": "Yes.", "voice": "alloy"})
        assert answer.status_code == 200, model["id"]


def test_speech_without_a_format_is_mp3_and_additional_parameters_do_no_harm(web, base, measured):
    body = {"model": "tts-1", "input": "The next train leaves at nine.", "voice": "alloy", "chunk_length": 200, "normalize": True}
    answer = web.post(f"{base}/audio/speech", json=body, headers=BEARER | {"X-OpenWebUI-User-Name": "Anna"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    seconds, loudest = measured(answer.content)
    assert seconds > 1
    assert loudest > 1_000


def test_a_recording_is_heard_without_a_format(web, base, clip, said):
    files = {"file": (clip.name, clip.read_bytes())}
    answer = web.post(f"{base}/audio/transcriptions", data={"model": "whisper-1"}, files=files, headers=BEARER)
    assert answer.json()["text"].lower() == said.lower().strip(".")


def test_a_language_that_nothing_hears_is_refused_with_a_message_and_heard_without_it(web, clip, said):
    """It sends the language of the user's settings first, and tries again without when that fails."""
    call = {"files": {"file": (clip.name, clip.read_bytes())}, "headers": BEARER}
    refused = web.post("/v1/audio/transcriptions", data={"model": "whisper-1", "language": "bg"}, **call)
    assert refused.status_code == 400
    assert "No installed model hears 'bg'" in refused.json()["error"]["message"]
    heard = web.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, **call)
    assert heard.json()["text"].lower() == said.lower().strip(".")


def test_the_pieces_of_a_large_recording_are_heard(web, clip, said):
    """It turns what is over 25 MB into mp3 of 32 kbit/s and sends that in pieces."""
    with wave.open(str(clip)) as file:
        pcm = Pcm.from_bytes(file.readframes(file.getnframes()), file.getframerate())
    with Encoder(AudioFormat.MP3, pcm.rate_hz) as encoder:
        data = encoder.encode(pcm) + encoder.finish()
    answer = web.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files={"file": ("piece.mp3", data)}, headers=BEARER)
    assert answer.json()["text"].lower() == said.lower().strip(".")


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/v1/audio/speech", {"json": {"model": "tts-1", "input": "", "voice": "alloy"}}),
        ("/v1/audio/speech", {"json": {"model": "tts-9x", "input": "Hi.", "voice": "alloy"}}),
        ("/v1/audio/transcriptions", {"data": {"model": "whisper-1"}, "files": {"file": ("a.wav", b"no sound")}}),
        ("/v1/audio/nothing", {"json": {}}),
    ],
)
def test_every_failure_has_a_message_where_it_looks_for_it(web, path, call):
    answer = web.post(path, headers=BEARER, **call)
    assert answer.status_code >= 400
    assert isinstance(answer.json()["error"]["message"], str)
