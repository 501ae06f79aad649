"""POST /v1/audio/speech through the official client and through what it would not send."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import openai
import pytest

from voxhelm.audio.decode import decode
from voxhelm.audio.formats import AudioFormat

TEXT = "The quick brown fox jumps over the lazy dog. It was not amused. Twelve hours later, it did so again."
FORMATS = [one.value for one in AudioFormat]


def decoded_seconds(data, audio_format):
    if audio_format == "pcm":
        return len(data) / 2 / 24_000
    return sum(pcm.duration_seconds for pcm in decode(io.BytesIO(data)))


@pytest.fixture(scope="module")
def fake_seconds():
    return len(TEXT.replace(". ", ".")) * 0.06


@pytest.mark.parametrize("audio_format", FORMATS)
def test_every_format_decodes_to_the_right_duration(client, audio_format):
    """The fake engine says every character in 0.06 s, so the duration is known."""
    data = client.audio.speech.create(model="fake-speech", voice="tone", input="x" * 100, response_format=audio_format).content
    # Codecs pad by up to two frames; nothing may be missing.
    assert decoded_seconds(data, audio_format) == pytest.approx(6.0, abs=0.12)


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_built_in_engine_speaks_in_every_format(client, audio_format):
    reference = client.audio.speech.create(model="espeak-ng", voice="en-us", input=TEXT, response_format="pcm").content
    data = client.audio.speech.create(model="espeak-ng", voice="en-us", input=TEXT, response_format=audio_format).content
    assert decoded_seconds(data, audio_format) == pytest.approx(decoded_seconds(reference, "pcm"), abs=0.12)


@pytest.mark.parametrize(
    ("audio_format", "content_type"),
    [
        ("mp3", "audio/mpeg"),
        ("opus", "audio/ogg"),
        ("aac", "audio/aac"),
        ("flac", "audio/flac"),
        ("wav", "audio/wav"),
        ("pcm", "audio/pcm"),
    ],
)
def test_the_content_type_tells_the_format(http, audio_format, content_type):
    answer = http.post("/v1/audio/speech", json={"input": "Hi.", "response_format": audio_format})
    assert answer.headers["content-type"].startswith(content_type)


def test_the_default_is_mp3(http):
    answer = http.post("/v1/audio/speech", json={"input": "Hi.", "model": "tts-1", "voice": "alloy"})
    assert answer.headers["content-type"] == "audio/mpeg"


def test_pcm_is_24_khz_whatever_the_engine_makes(http):
    body = {"input": "x" * 50, "model": "fake-speech", "voice": "tone", "response_format": "pcm"}
    samples = np.frombuffer(http.post("/v1/audio/speech", json=body).content, dtype="<i2")
    crossings = np.count_nonzero(np.diff(np.signbit(samples)))
    assert crossings / 2 / (len(samples) / 24_000) == pytest.approx(440, rel=0.01)


def test_speed_changes_the_duration(client):
    def seconds(speed):
        data = client.audio.speech.create(model="espeak-ng", voice="en", input=TEXT, response_format="pcm", speed=speed).content
        return decoded_seconds(data, "pcm")

    assert seconds(2.0) < 0.7 * seconds(1.0)
    assert seconds(0.5) > 1.5 * seconds(1.0)


@pytest.mark.parametrize("voice", ["en-us", "bg", "en", "auto", "alloy", "marin", {"id": "bg"}, "espeak-ng/de", "en-us+f3"])
def test_voices_of_every_kind_speak(client, voice):
    data = client.audio.speech.create(model="tts-1", voice=voice, input="Hello.", response_format="pcm").content
    assert np.abs(np.frombuffer(data, dtype="<i2")).max() > 1_000


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts", "auto"])
def test_openai_models_speak(client, model):
    assert client.audio.speech.create(model=model, voice="nova", input="Hello.").content


def test_bulgarian_text_gets_a_bulgarian_voice(http):
    answer = http.post("/v1/audio/speech", json={"input": "Добър ден. Как сте днес?", "model": "tts-1", "voice": "alloy"})
    assert (answer.headers["x-voxhelm-model"], answer.headers["x-voxhelm-voice"]) == ("espeak-ng", "bg")


def test_it_streams_from_the_first_sentence(client):
    """The first bytes come while most of a long text has not been said: the server cannot have waited for the end."""
    with client.audio.speech.with_streaming_response.create(
        model="espeak-ng", voice="en", input=TEXT * 200, response_format="pcm"
    ) as answer:
        received = 0
        for chunk in answer.iter_bytes():
            received += len(chunk)
            if received > 24_000:
                break
    assert received > 24_000


def test_events_carry_the_format_and_end_with_usage(http):
    body = {"input": "x" * 50, "model": "fake-speech", "voice": "tone", "stream_format": "sse", "response_format": "mp3"}
    with http.stream("POST", "/v1/audio/speech", json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line]
    assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
    audio = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert decoded_seconds(audio, "mp3") == pytest.approx(3.0, abs=0.12)
    assert events[-1] == {"type": "speech.audio.done", "usage": {"input_tokens": 1, "output_tokens": 60, "total_tokens": 61}}


def test_an_event_stream_that_fails_says_so_and_has_no_end(http):
    body = {"input": "x" * 60 + " fail-here", "model": "fake-speech", "voice": "tone", "stream_format": "sse"}
    with http.stream("POST", "/v1/audio/speech", json=body) as answer:
        events = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line]
    assert events[-1]["error"]["code"] == "engine_failed"
    assert "speech.audio.done" not in {event.get("type") for event in events}


def test_a_raw_stream_that_fails_is_cut_so_that_the_client_notices(http):
    import httpx

    body = {"input": "x" * 60 + " fail-here", "model": "fake-speech", "voice": "tone", "response_format": "pcm"}
    with pytest.raises(httpx.RemoteProtocolError), http.stream("POST", "/v1/audio/speech", json=body) as answer:
        for _ in answer.iter_bytes():
            pass


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"input": ""}, 400, "text_empty", "input"),
        ({"input": " \n\t "}, 400, "text_empty", "input"),
        ({"input": "🎉🎉"}, 400, "text_unspeakable", "input"),
        ({"input": "...!?"}, 400, "text_unspeakable", "input"),
        ({"input": "\x00\x01\x02"}, 400, "text_empty", "input"),
        ({"input": "x" * 100_001}, 413, "text_too_long", "input"),
        ({"input": "Hi.", "voice": "alloyy"}, 400, "voice_not_found", "voice"),
        ({"input": "Hi.", "voice": {"name": "alloy"}}, 400, "invalid_value", "voice"),
        ({"input": "Hi.", "voice": "../../etc/passwd"}, 400, "voice_not_found", "voice"),
        ({"input": "Hi.", "model": "tts-7"}, 404, "model_not_found", "model"),
        ({"input": "Hi.", "model": "whisper-1"}, 400, "model_unsuited", "model"),
        ({"input": "Hi.", "response_format": "midi"}, 400, "invalid_value", "response_format"),
        ({"input": "Hi.", "stream_format": "smoke"}, 400, "invalid_value", "stream_format"),
        ({"input": "Hi.", "speed": 0.1}, 400, "invalid_value", "speed"),
        ({"input": "Hi.", "speed": 4.01}, 400, "invalid_value", "speed"),
        ({"input": "Hi.", "speed": "fast"}, 400, "invalid_value", "speed"),
        ({"model": "tts-1"}, 400, "missing_required_parameter", "input"),
        ({"input": 7}, 400, "invalid_value", "input"),
        ([], 400, "invalid_value", None),
    ],
)
def test_bad_requests_are_answered_before_any_sound(http, body, status, code, param):
    answer = http.post("/v1/audio/speech", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (status, code, "invalid_request_error")
    if param is not None:
        assert error["param"] == param
    assert error["message"].endswith((".", "?"))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"not json", b'{"input": "\\ud800"}', b'{"input": "caf\xe9"}', b'{"input": NaN}', b"[" * 10_000, b"\xff\xfe\x00"],
)
def test_bodies_that_are_not_json_are_refused(http, raw):
    answer = http.post("/v1/audio/speech", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_speed_that_is_no_number_is_refused(http):
    answer = http.post("/v1/audio/speech", content=b'{"input": "Hi.", "speed": NaN}')
    assert answer.status_code == 400


def test_control_characters_within_a_text_do_no_harm(client):
    data = client.audio.speech.create(
        model="espeak-ng", voice="en", input="Hel\x07lo \u202ethere\u200b.\x00", response_format="pcm"
    )
    assert len(data.content) > 24_000


def test_the_sdk_raises_its_own_errors(client):
    with pytest.raises(openai.BadRequestError, match="Did you mean 'alloy'"):
        client.audio.speech.create(model="tts-1", voice="alloyy", input="Hi.")
    with pytest.raises(openai.NotFoundError):
        client.audio.speech.create(model="tts-9000x", voice="alloy", input="Hi.")


def test_a_body_without_a_content_type_and_with_unknown_fields_is_understood(http):
    answer = http.post("/v1/audio/speech", content=b'{"input": "Hi.", "seed": 4, "lang_code": "a", "instructions": "None"}')
    assert answer.status_code == 200


def test_a_chapter_is_said_to_the_end(client):
    chapter = "It was the best of times, it was the worst of times. " * 400
    data = client.audio.speech.create(model="fake-speech", voice="tone", input=chapter, response_format="pcm").content
    # Every sentence is said without the space after it, and then there is a pause.
    assert decoded_seconds(data, "pcm") == pytest.approx(400 * 52 * 0.06 + 399 * 0.22, rel=0.001)


def test_the_path_works_without_its_prefix_and_with_it_twice(http, tmp_path: Path):
    for path in ("/audio/speech", "/v1/v1/audio/speech"):
        assert http.post(path, json={"input": "Hi."}).status_code == 200
