"""OpenAI's official client for Python: the ways of calling that tests/api leaves out."""

import asyncio
import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from tests.conftest import running_server

TEXT = "The next train to the city leaves at nine."
TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
CONTAINERS = [one for one in TYPES if one != "pcm"]


@pytest.fixture(scope="module")
def spoken_seconds(client):
    return len(client.audio.speech.create(model="tts-1", voice="ash", input=TEXT, response_format="pcm").content) / 48_000


@pytest.fixture(scope="module")
def once(client):
    """The client without its retries, to see the first answer."""
    return client.with_options(max_retries=0)


@pytest.fixture
def text(said):
    return said.lower().strip(".")


@pytest.mark.parametrize("audio_format", TYPES)
def test_speech_is_streamed_to_a_file(client, measured, spoken_seconds, tmp_path, audio_format):
    path = tmp_path / f"speech.{audio_format}"
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="ash", input=TEXT, response_format=audio_format, instructions="Cheerfully."
    ) as answer:
        assert answer.headers["content-type"].startswith(TYPES[audio_format])
        assert answer.request_id.startswith("req_")
        answer.stream_to_file(path)
    seconds = path.stat().st_size / 48_000 if audio_format == "pcm" else measured(str(path))[0]
    assert seconds == pytest.approx(spoken_seconds, abs=0.12)


@pytest.mark.parametrize("audio_format", CONTAINERS)
def test_events_carry_every_container(client, measured, spoken_seconds, audio_format):
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice={"id": "ash"}, input=TEXT, response_format=audio_format, stream_format="sse"
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line]
    *deltas, done = events
    sound = b"".join(base64.b64decode(event["audio"], validate=True) for event in deltas)
    assert measured(sound)[0] == pytest.approx(spoken_seconds, abs=0.12)
    assert done["type"] == "speech.audio.done"
    assert done["usage"]["input_tokens"] > 0 < done["usage"]["output_tokens"]


def test_events_of_raw_samples_are_the_same_samples(client):
    options = {"model": "gpt-4o-mini-tts", "voice": "ash", "input": TEXT, "response_format": "pcm"}
    whole = client.audio.speech.create(**options).content
    events = client.audio.speech.create(**options, stream_format="sse").text.split("\n\n")
    deltas = [json.loads(event.removeprefix("data: ")) for event in events if event][:-1]
    assert b"".join(base64.b64decode(event["audio"]) for event in deltas) == whole


@pytest.mark.parametrize("way", ["read", "iter_bytes", "with_raw_response"])
def test_every_way_of_reading_gives_the_same_bytes(client, way):
    options = {"model": "tts-1", "voice": "ash", "input": TEXT, "response_format": "pcm"}
    whole = client.audio.speech.create(**options).read()
    if way == "with_raw_response":
        got = client.audio.speech.with_raw_response.create(**options).content
    else:
        with client.audio.speech.with_streaming_response.create(**options) as answer:
            got = answer.read() if way == "read" else b"".join(answer.iter_bytes())
    assert got == whole


@pytest.mark.parametrize("prefix", ["", "/", "/v1", "/v1/"])
async def test_the_asynchronous_client_speaks_and_hears_with_any_base_url(server_url, clip, text, prefix):
    async with openai.AsyncOpenAI(base_url=f"{server_url}{prefix}", api_key="not-needed") as client:
        async with client.audio.speech.with_streaming_response.create(model="tts-1", voice="nova", input=TEXT) as answer:
            pieces = [piece async for piece in answer.iter_bytes()]
        heard, models = await asyncio.gather(client.audio.transcriptions.create(model="whisper-1", file=clip), client.models.list())
    assert sum(map(len, pieces)) > 10_000
    assert heard.text.lower() == text
    assert {"tts-1", "whisper-1"} <= {model.id for model in models.data}


async def test_the_asynchronous_client_hears_events(server_url, clip, text):
    async with openai.AsyncOpenAI(base_url=f"{server_url}/v1", api_key="not-needed") as client:
        stream = await client.audio.transcriptions.create(model="gpt-4o-mini-transcribe", file=clip, stream=True, language="en")
        events = [event async for event in stream]
    assert [event.type for event in events[:-1]] == ["transcript.text.delta"] * (len(events) - 1)
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text.lower() == text
    assert events[-1].usage.type == "tokens"


def test_everything_that_a_transcription_may_be_asked_is_understood(client, clip, text):
    heard = client.audio.transcriptions.create(
        model="gpt-transcribe",
        file=(clip.name, clip.read_bytes(), "audio/wav"),
        languages=["en", "de"],
        keywords=["train", "city"],
        prompt="Trains.",
        temperature=0.2,
        include=["logprobs"],
        chunking_strategy={"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500},
    )
    assert heard.text.lower() == text
    assert [language.code for language in heard.languages] == ["en"]
    assert "".join(one.token for one in heard.logprobs).strip() == heard.text
    assert all(one.logprob <= 0 and bytes(map(int, one.bytes)).decode() == one.token for one in heard.logprobs)
    assert client.audio.transcriptions.create(model="whisper-1", file=clip, chunking_strategy="auto").text.lower() == text


def test_speakers_that_the_channels_tell_are_told(client, clip):
    heard = client.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize",
        file=clip,
        response_format="diarized_json",
        known_speaker_names=["Anna"],
        extra_body={"channels": "separate"},
    )
    assert {segment.speaker for segment in heard.segments} == {"Anna"}
    assert heard.segments[0].type == "transcript.text.segment"


def test_the_verbose_answer_is_complete(client, clip):
    heard = client.audio.transcriptions.create(
        model="whisper-1", file=clip, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    # Pydantic's models of the client take whatever comes; these are the fields that OpenAI says are always there.
    for segment in heard.segments:
        assert None not in segment.model_dump().values()
    assert isinstance(heard.duration, float)
    assert heard.usage.type == "duration"
    assert heard.model_extra["task"] == "transcribe"


ERRORS = [
    (openai.BadRequestError, 400, "voice_not_found", {"voice": "alloyy"}),
    (openai.BadRequestError, 400, "invalid_value", {"speed": 9.0}),
    (openai.BadRequestError, 400, "text_empty", {"input": ""}),
    (openai.NotFoundError, 404, "model_not_found", {"model": "tts-9x"}),
    (openai.APIStatusError, 413, "text_too_long", {"input": "x" * 200_000}),
    (openai.InternalServerError, 500, "engine_failed", {"model": "fake-speech", "voice": "tone", "input": "fail-here at once"}),
]


@pytest.mark.parametrize(("kind", "status", "code", "changed"), ERRORS)
def test_errors_are_of_their_class_and_say_everything(once, kind, status, code, changed):
    with pytest.raises(kind) as caught:
        once.audio.speech.create(**{"model": "tts-1", "voice": "ash", "input": TEXT} | changed)
    error = caught.value
    assert (type(error), error.status_code, error.code) == (kind, status, code)
    assert error.request_id.startswith("req_")
    assert set(error.body) == {"message", "type", "param", "code"}


def test_an_event_stream_that_fails_raises(once, server_url):
    """The client raises what an event with `error` says. Its own stream reader only runs for transcriptions, so it is used directly."""
    stream = once.post(
        "/audio/speech",
        body={"model": "fake-speech", "voice": "tone", "input": "x" * 60 + " fail-here", "stream_format": "sse"},
        cast_to=dict,
        stream=True,
        stream_cls=openai.Stream[dict],
    )
    with pytest.raises(openai.APIError, match="fake engine was told to fail"):
        list(stream)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A server whose models serve one request and let none wait."""
    with running_server(
        tmp_path_factory.mktemp("narrow"),
        VOXHELM_MODELS__EXTRA_ENGINES='["voxhelm.testing.engine:ENGINE"]',
        VOXHELM_ADMISSION__IN_FLIGHT_PER_MODEL="1",
        VOXHELM_ADMISSION__QUEUE_PER_MODEL="0",
    ) as server:
        yield server.url


def test_a_full_line_is_a_rate_limit_error_and_its_retries_end_with_the_sound(narrow):
    options = {"model": "fake-speech", "voice": "tone", "response_format": "pcm"}
    refused = []

    def seen(answer):
        if answer.status_code == 429:
            refused.append(float(answer.headers["retry-after"]))
            release.set()

    release = threading.Event()
    web = openai.DefaultHttpxClient(event_hooks={"response": [seen]})
    with openai.OpenAI(base_url=f"{narrow}/v1", api_key="not-needed", http_client=web) as client, ThreadPoolExecutor() as threads:
        with client.audio.speech.with_streaming_response.create(**options, input="It was so. " * 9_000) as first:
            pieces = first.iter_bytes()  # kept: the connection closes with its iterator
            next(pieces)
            with pytest.raises(openai.RateLimitError) as caught:
                client.with_options(max_retries=0).audio.speech.create(**options, input="Hi.")
            assert (caught.value.code, caught.value.type) == ("queue_full", "rate_limit_error")
            release.clear()
            patient = threads.submit(client.with_options(max_retries=10).audio.speech.create, **options, input="Hi.")
            assert release.wait(60)
        assert len(patient.result(60).content) == round(3 * 0.06 * 24_000) * 2
    assert all(seconds >= 1 for seconds in refused)


def test_a_server_that_is_gone_is_a_connection_error():
    with (
        openai.OpenAI(base_url="http://127.0.0.1:9/v1", api_key="not-needed", max_retries=0) as client,
        pytest.raises(openai.APIConnectionError),
    ):
        client.models.list()
