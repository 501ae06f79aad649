import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain import errors
from voxhelm.engines.openai_remote.complaint import error_of, refuses_format


def openai(message, code=None):
    return json.dumps({"error": {"message": message, "type": "x", "code": code}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (400, openai("No voice 'x'.", "voice_not_found"), errors.VoiceNotFound, "No voice 'x'."),
        (400, openai("No letters.", "text_unspeakable"), errors.TextUnspeakable, "No letters."),
        (422, json.dumps({"detail": [{"msg": "too hot"}]}).encode(), errors.BadRequest, "too hot"),
        (400, json.dumps({"detail": "Voice not found"}).encode(), errors.BadRequest, "Voice not found"),
        (400, b"", errors.BadRequest, "nothing"),
        (413, openai("Too long."), errors.TextTooLong, "Too long."),
        (401, openai("Bad key."), errors.EngineFailed, "api_key_file"),
        (404, b"<html>no</html>", errors.EngineFailed, "base_url"),
        (307, b"", errors.EngineFailed, "https://elsewhere.example"),
        (429, openai("Busy."), errors.QueueFull, "Busy."),
        (500, openai("Ouch."), errors.Unavailable, "Ouch."),
        (503, b"\xff\xfe", errors.Unavailable, "503"),
    ],
)
def test_an_answer_becomes_an_error_of_ours_with_the_servers_words(status, body, kind, told):
    error = error_of("chatterbox", status, {"location": "https://elsewhere.example"}, body)
    assert type(error) is kind
    assert told in error.message
    assert error.message.startswith("chatterbox")


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("soon", 1.0), ("nan", 1.0), ("inf", 1.0), ("-3", 1.0)])
def test_the_time_to_come_back_is_the_servers(header, seconds):
    assert error_of("x", 429, {"retry-after": header}, b"").retry_after_seconds == seconds
    assert error_of("x", 503, {}, b"").retry_after_seconds == 1.0


def test_a_format_that_is_refused_is_recognised():
    assert refuses_format(400, openai("response_format must be wav or mp3"))
    assert refuses_format(422, b'{"detail": [{"loc": ["body", "response_format"], "msg": "no"}]}')
    assert not refuses_format(400, openai("No voice."))
    assert not refuses_format(500, openai("response_format"))


@given(st.integers(300, 599), st.binary(max_size=300))
def test_any_answer_has_an_error_and_a_short_message(status, body):
    error = error_of("x", status, {}, body)
    assert len(error.message) < 800
    assert "\n" not in error.message
