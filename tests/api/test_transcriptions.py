"""POST /v1/audio/transcriptions through the official client and through what it would not send."""

import json
import re
import struct

import httpx
import jiwer
import openai
import pytest

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm


def normalised(text):
    return re.sub(r"[^a-z' ]", "", text.lower())


def silent_wav(seconds):
    with Encoder(AudioFormat.WAV, 16_000) as encoder:
        return encoder.encode(Pcm.silence(seconds, 16_000)) + encoder.finish()


@pytest.fixture
def expected(clip):
    return normalised(clip.with_suffix(".txt").read_text())


def test_json_has_the_text_and_the_duration(client, clip, expected):
    heard = client.audio.transcriptions.create(model="whisper-1", file=clip)
    assert jiwer.wer(expected, normalised(heard.text)) < 0.35
    assert heard.usage.type == "duration"
    assert heard.usage.seconds > 0.5


def test_verbose_json_has_segments_and_words_in_order(client, clip):
    heard = client.audio.transcriptions.create(
        model="whisper-1", file=clip, response_format="verbose_json", timestamp_granularities=["segment", "word"]
    )
    assert (heard.task, heard.language) == ("transcribe", "english") if hasattr(heard, "task") else heard.language == "english"
    assert 0 <= heard.segments[0].start < heard.segments[-1].end <= heard.duration + 0.1
    assert heard.segments[0].avg_logprob < 0
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert [word.word for word in heard.words] == " ".join(segment.text for segment in heard.segments).split()


def test_segments_are_what_one_gets_without_asking_and_words_alone_when_only_they_are_asked_for(client, clip):
    plain = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="verbose_json")
    assert plain.segments
    assert not plain.words
    words = client.audio.transcriptions.create(
        model="whisper-1", file=clip, response_format="verbose_json", timestamp_granularities=["word"]
    )
    assert words.words
    assert not words.segments


def test_text_srt_and_vtt_are_text(client, clip):
    text = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="text")
    assert len(text.split()) > 2
    srt = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="srt")
    assert re.match(r"1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\n\S", srt)
    vtt = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="vtt")
    assert vtt.startswith("WEBVTT\n\n")


def test_a_stream_brings_text_and_ends_with_all_of_it(client, clip):
    events = list(client.audio.transcriptions.create(model="gpt-4o-transcribe", file=clip, stream=True))
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text
    assert "".join(event.delta for event in events[:-1]) == events[-1].text
    assert events[-1].usage.total_tokens == events[-1].usage.input_tokens + events[-1].usage.output_tokens


@pytest.mark.parametrize("granularities", [["segment"], ["segment", "word"]])
def test_a_stream_of_verbose_json_tells_when_each_segment_and_each_word_was_said(http, clip, granularities):
    answer = http.post(
        "/v1/audio/transcriptions",
        data={"response_format": "verbose_json", "stream": "true", "timestamp_granularities[]": granularities},
        files={"file": clip.read_bytes()},
    )
    events = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: ")]
    segments = [event for event in events if event["type"] == "transcript.segment"]
    assert [event["type"] for event in events] == ["transcript.text.delta", "transcript.segment"] * len(segments) + [
        "transcript.text.done"
    ]
    assert [one["id"] for one in segments] == list(range(len(segments)))
    assert all(one["end"] > one["start"] and one["text"].strip() in events[-1]["text"] for one in segments)
    if "word" in granularities:
        assert all(one["start"] <= word["start"] <= word["end"] <= one["end"] for one in segments for word in one["words"])
        assert segments[0]["words"]
    else:
        assert all("words" not in one for one in segments)


@pytest.mark.parametrize(
    "model", ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe", "auto", "pocketsphinx-en-us"]
)
def test_every_name_hears(client, clip, model):
    assert client.audio.transcriptions.create(model=model, file=clip, language="en").text


def test_lists_are_taken_with_brackets_and_without(http, clip):
    for field in ("timestamp_granularities", "timestamp_granularities[]"):
        answer = http.post(
            "/v1/audio/transcriptions",
            data={"model": "whisper-1", "response_format": "verbose_json", field: ["word", "segment"]},
            files={"file": clip.read_bytes()},
        )
        assert {"words", "segments"} <= set(answer.json())


def test_silence_is_heard_as_nothing(client):
    heard = client.audio.transcriptions.create(model="whisper-1", file=("silence.wav", silent_wav(5.0)))
    assert heard.text == ""
    assert heard.usage.seconds == pytest.approx(5.0, abs=0.05)


def test_silence_in_a_stream_ends_with_an_empty_text(client):
    events = list(client.audio.transcriptions.create(model="whisper-1", file=("silence.wav", silent_wav(2.0)), stream=True))
    assert [(event.type, event.text) for event in events] == [("transcript.text.done", "")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.wav", b"", "audio_unreadable"),
        (
            "header.wav",
            b"RIFF"
            + struct.pack("<I", 36)
            + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
            + b"data\0\0\0\0",
            "audio_empty",
        ),
        ("text.wav", b"this is not a recording\n" * 20, "audio_unreadable"),
        ("page.mp3", b"<!doctype html><html><body>404</body></html>" * 20, "audio_unreadable"),
        ("noise.bin", bytes(range(256)) * 40, "audio_unreadable"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "audio_unreadable"),
    ],
)
def test_what_is_no_recording_is_refused(http, name, content, code):
    answer = http.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files={"file": (name, content)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_wrong_name_does_not_matter(client, clip):
    assert client.audio.transcriptions.create(model="whisper-1", file=("holiday.jpg", clip.read_bytes())).text


def test_a_truncated_recording_is_heard_as_far_as_it_goes(client, clip):
    data = clip.read_bytes()
    heard = client.audio.transcriptions.create(model="whisper-1", file=("cut.wav", data[: len(data) // 2]))
    assert heard.usage.seconds == pytest.approx((len(data) // 2 - 44) / 2 / 16_000, abs=0.1)


@pytest.mark.parametrize(
    ("data", "status", "code", "param"),
    [
        ({"model": "whisper-9x"}, 404, "model_not_found", "model"),
        ({"model": "tts-1"}, 400, "model_unsuited", "model"),
        ({"response_format": "pdf"}, 400, "invalid_value", "response_format"),
        ({"temperature": "1.5"}, 400, "invalid_value", "temperature"),
        ({"temperature": "warm"}, 400, "invalid_value", "temperature"),
        ({"language": "bg"}, 400, "language_unsupported", "language"),
        ({"language": "klingon"}, 400, "invalid_value", "language"),
        ({"timestamp_granularities[]": "syllable"}, 400, "invalid_value", "timestamp_granularities"),
        ({"stream": "true", "response_format": "srt"}, 400, "invalid_value", "stream"),
        ({"stream": "maybe"}, 400, "invalid_value", "stream"),
    ],
)
def test_bad_fields_are_answered_before_any_work(http, clip, data, status, code, param):
    answer = http.post("/v1/audio/transcriptions", data={"model": "whisper-1"} | data, files={"file": clip.read_bytes()})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param)


def test_a_missing_file_is_named(http):
    for sent in ({"data": {"model": "whisper-1"}}, {"data": {"file": "path/to.wav"}}, {"json": {"file": "x"}}, {"content": b""}):
        answer = http.post("/v1/audio/transcriptions", **sent)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")


def test_a_form_that_does_not_parse_is_refused(http):
    answer = http.post(
        "/v1/audio/transcriptions", content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_regions_of_a_language_are_the_language(client, clip):
    assert client.audio.transcriptions.create(model="whisper-1", file=clip, language="en-US").text


def test_the_sdk_raises_its_own_errors(client):
    with pytest.raises(openai.BadRequestError, match="audio"):
        client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"nothing"))


def test_events_are_json_lines(server_url, clip):
    with httpx.stream(
        "POST", f"{server_url}/v1/audio/transcriptions", data={"stream": "true"}, files={"file": clip.read_bytes()}, timeout=60
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    assert all(json.loads(line.removeprefix("data: "))["type"].startswith("transcript.text.") for line in lines)
