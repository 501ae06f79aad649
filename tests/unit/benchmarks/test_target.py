import json

import pytest

from benchmarks.target import Dialect, Target, endpoint_of
from benchmarks.wire import Endpoint


def test_a_base_url_becomes_an_endpoint() -> None:
    assert endpoint_of("http://127.0.0.1:8000/v1/") == (Endpoint("127.0.0.1", 8000, "/v1"), Dialect.OPENAI)
    assert endpoint_of("https://voice.example/v1", "secret") == (
        Endpoint("voice.example", 443, "/v1", True, "secret"),
        Dialect.OPENAI,
    )
    assert endpoint_of("piper+http://localhost:5000/synthesize") == (Endpoint("localhost", 5000, "/synthesize"), Dialect.PIPER)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost/v1", "http:///v1", ""])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not a base URL"):
        endpoint_of(url)


def test_the_dialects_ask_in_their_own_way() -> None:
    openai = Target("one", Endpoint("h", 1, "/v1"), model="tts-1", voice=None)
    request = openai.speech("Hello.", "wav")
    assert request.path == "/audio/speech"
    assert json.loads(request.body) == {"model": "tts-1", "voice": "alloy", "input": "Hello.", "response_format": "wav"}
    assert request.silent_bytes == 44
    assert openai.speech("Hello.", "mp3").silent_bytes == 0

    piper = Target("two", Endpoint("h", 1, "/synthesize"), Dialect.PIPER)
    assert json.loads(piper.speech("Hello.", "wav").body) == {"text": "Hello."}
    assert [name for name in ("pcm", "wav", "mp3") if piper.speaks(name)] == ["wav"]


def test_the_key_travels_in_the_header_only() -> None:
    endpoint = Endpoint("h", 80, "/v1", key="secret")
    request = Target("one", endpoint).speech("Hello.", "mp3")
    assert b"Authorization: Bearer secret\r\n" in request.head(endpoint)
    assert b"secret" not in request.body
