"""What transcriptions can be told beyond a file and a model, through the official client and through what it would not send."""

import json
import re

import httpx
import openai
import pytest

from tests.api.sounds import clip_samples, silence, tone, wav_of

FAKE = {"model": "fake-transcription"}


def heard_by_fake(http, seconds, **fields):
    return http.post("/v1/audio/transcriptions", data=FAKE | fields, files={"file": wav_of(tone(300, seconds))})


def refused(answer):
    return answer.status_code, answer.json()["error"]["param"]


# --- languages


def test_the_language_that_is_heard_is_told(polyglot, clip):
    heard = polyglot.audio.transcriptions.create(model="whisper-1", file=clip, response_format="verbose_json")
    assert heard.language == "bulgarian"
    assert [segment.language for segment in heard.segments] == ["bg", "bg"]
    plain = polyglot.audio.transcriptions.create(model="whisper-1", file=clip)
    assert [one.code for one in plain.languages] == ["bg"]


def test_it_is_found_among_those_that_may_be_spoken(polyglot, clip):
    events = list(polyglot.audio.transcriptions.create(model="whisper-1", file=clip, languages=["de", "fr"], stream=True))
    assert [one.code for one in events[-1].languages] in (["de"], ["fr"])
    only = polyglot.audio.transcriptions.create(model="whisper-1", file=clip, languages=["fr"])
    assert [one.code for one in only.languages] == ["fr"]


def test_a_model_that_hears_one_of_them_will_do_and_none_will_not(client, clip):
    assert client.audio.transcriptions.create(model="whisper-1", file=clip, languages=["de", "en"]).text
    with pytest.raises(openai.BadRequestError) as error:
        client.audio.transcriptions.create(model="whisper-1", file=clip, languages=["de", "fr"])
    assert (error.value.code, error.value.param) == ("language_unsupported", "languages")


def test_a_language_that_is_none_is_refused(http, clip):
    answer = http.post("/v1/audio/transcriptions", data={"languages[]": ["en", "klingon"]}, files={"file": clip.read_bytes()})
    assert refused(answer) == (400, "languages")


# --- keywords, prompt, temperature, chunking


def test_keywords_a_prompt_and_a_temperature_are_taken(polyglot, clip):
    heard = polyglot.audio.transcriptions.create(
        model="whisper-1", file=clip, keywords=["fox", "dog"], prompt="The story so far.", temperature=0.4
    )
    assert heard.text


@pytest.mark.parametrize(
    "strategy",
    [
        "auto",
        {"type": "server_vad"},
        {"type": "server_vad", "threshold": 0.6, "prefix_padding_ms": 200, "silence_duration_ms": 400},
    ],
)
def test_a_chunking_strategy_is_taken_as_the_client_sends_it(client, clip, strategy):
    assert client.audio.transcriptions.create(model="whisper-1", file=clip, chunking_strategy=strategy).text


def test_a_chunking_strategy_is_taken_as_json(http, clip):
    data = {"chunking_strategy": json.dumps({"type": "server_vad", "silence_duration_ms": 300})}
    assert http.post("/v1/audio/transcriptions", data=data, files={"file": clip.read_bytes()}).status_code == 200


def test_a_chunking_strategy_decides_where_the_recording_is_cut(polyglot_http, clip):
    """The made Whisper writes its two sentences for every stretch that it hears by itself."""
    samples = clip_samples(clip)
    sound = wav_of(samples, silence(1.0), samples)

    def sentences(**fields):
        data = {"model": "polyglot", "response_format": "verbose_json"} | fields
        return len(polyglot_http.post("/v1/audio/transcriptions", data=data, files={"file": sound}).json()["segments"])

    short_pauses = {
        "chunking_strategy[type]": "server_vad",
        "chunking_strategy[silence_duration_ms]": "500",
        "chunking_strategy[prefix_padding_ms]": "0",
    }
    assert sentences(**short_pauses) > sentences(chunking_strategy="auto") == sentences()
    nobody = {"chunking_strategy": json.dumps({"type": "server_vad", "threshold": 1.0})}
    assert sentences(**nobody) == 0


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("fixed", "'auto'"),
        ('{"type": "semantic"}', "'server_vad'"),
        ('{"type": "server_vad", "threshold": 3}', "less than or equal to 1"),
        ('{"threshold": 0.5}', "missing"),
        ('{"type": ', "not JSON"),
        ('{"type": "server_vad", "silence_duration_ms": -1}', "greater than or equal to 0"),
    ],
)
def test_a_chunking_strategy_that_is_none_is_refused(http, clip, strategy, message):
    answer = http.post("/v1/audio/transcriptions", data={"chunking_strategy": strategy}, files={"file": clip.read_bytes()})
    assert refused(answer) == (400, "chunking_strategy")
    assert message in answer.json()["error"]["message"]


# --- probabilities


def test_log_probabilities_are_of_words_and_make_up_the_text(client, clip):
    heard = client.audio.transcriptions.create(model="whisper-1", file=clip, include=["logprobs"])
    assert len(heard.logprobs) == len(heard.text.split())
    assert all(entry.logprob <= 0 and bytes(map(int, entry.bytes)).decode() == entry.token for entry in heard.logprobs)
    assert {entry.token.strip() for entry in heard.logprobs} == set(heard.text.split())
    assert client.audio.transcriptions.create(model="whisper-1", file=clip).logprobs is None


def test_log_probabilities_come_with_the_deltas_of_a_stream_and_all_of_them_at_its_end(client, clip):
    events = list(client.audio.transcriptions.create(model="whisper-1", file=clip, include=["logprobs"], stream=True))
    told = [entry.logprob for event in events[:-1] for entry in event.logprobs]
    assert told == [entry.logprob for entry in events[-1].logprobs] != []


def test_log_probabilities_elsewhere_than_in_json_are_refused(http, clip):
    for name in ("verbose_json", "text", "srt"):
        data = {"include[]": "logprobs", "response_format": name}
        assert refused(http.post("/v1/audio/transcriptions", data=data, files={"file": clip.read_bytes()})) == (400, "include")
    answer = http.post("/v1/audio/transcriptions", data={"include": "everything"}, files={"file": clip.read_bytes()})
    assert refused(answer) == (400, "include")


def test_words_have_the_probability_that_the_engine_gives_them(client, clip):
    heard = client.audio.transcriptions.create(
        model="whisper-1", file=clip, response_format="verbose_json", timestamp_granularities=["word"]
    )
    assert all(0 <= word.probability <= 1 for word in heard.words)
    assert len({word.probability for word in heard.words}) > 1


# --- subtitles and paragraphs


def test_subtitles_keep_within_the_limits_they_are_given(client, clip):
    limits = {"max_line_characters": 12, "max_lines": 1, "max_cue_seconds": 2, "min_cue_seconds": 0.5}
    srt = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="srt", extra_body=limits)
    cues = [block.splitlines() for block in srt.strip().split("\n\n")]
    assert len(cues) > 1
    assert all(len(cue) == 3 and len(cue[2]) <= 12 for cue in cues)
    usual = client.audio.transcriptions.create(model="whisper-1", file=clip, response_format="srt")
    assert usual.count("-->") < srt.count("-->")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_line_characters", "2"),
        ("max_lines", "0"),
        ("max_cue_seconds", "nan"),
        ("max_cue_seconds", "1e9"),
        ("min_cue_seconds", "-1"),
        ("paragraph_seconds", "0"),
    ],
)
def test_limits_that_make_no_sense_are_refused(http, field, value):
    assert refused(heard_by_fake(http, 1.0, **{field: value})) == (400, field)


def test_a_pause_between_sentences_is_a_blank_line(client, clip):
    samples = clip_samples(clip)
    sound = ("twice.wav", wav_of(samples, silence(4.0), samples))
    options = {"file": sound, "model": "pocketsphinx-en-us", "extra_body": {"paragraph_seconds": 3}}
    text = client.audio.transcriptions.create(response_format="text", **options)
    assert text.count("\n\n") == 1
    assert client.audio.transcriptions.create(**options).text == text.removesuffix("\n")
    events = list(client.audio.transcriptions.create(stream=True, **options))
    assert "".join(event.delta for event in events[:-1]) == events[-1].text == text.removesuffix("\n")


# --- events


def test_progress_is_told_when_it_is_asked_for(client):
    sound = ("ten.wav", wav_of(tone(300, 10.0)))
    events = list(client.audio.transcriptions.create(file=sound, stream=True, extra_body={"progress": True}, **FAKE))
    told = [event for event in events if event.type == "transcript.progress"]
    assert (told[0].total_seconds, told[-1].heard_seconds) == (10.0, 10.0)
    assert events[-1].type == "transcript.text.done"
    heard = [event.heard_seconds for event in told]
    assert heard == sorted(heard)


def test_progress_without_a_stream_is_refused(http):
    assert refused(heard_by_fake(http, 1.0, progress="true")) == (400, "progress")


def test_an_unknown_field_does_not_matter(http):
    assert heard_by_fake(http, 1.0, hotwords="x", vad_filter="true").status_code == 200


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/json"),
        ("verbose_json", "application/json"),
        ("diarized_json", "application/json"),
        ("text", "text/plain; charset=utf-8"),
        ("srt", "text/plain; charset=utf-8"),
        ("vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_every_format_has_its_content_type(http, name, content_type):
    assert heard_by_fake(http, 1.0, response_format=name).headers["content-type"] == content_type


def test_an_answer_is_given_at_once_where_there_is_nothing_to_wait_for(http):
    answer = heard_by_fake(http, 3.0)
    assert re.match(r'\{"text"', answer.text)
    assert "content-length" in answer.headers


def test_a_stream_of_an_unfit_format_is_refused(http):
    for name in ("srt", "vtt"):
        assert refused(heard_by_fake(http, 1.0, response_format=name, stream="true")) == (400, "stream")


def test_text_streams_as_json_does(server_url):
    files = {"file": wav_of(tone(300, 2.0))}
    data = FAKE | {"stream": "true", "response_format": "text"}
    answer = httpx.post(f"{server_url}/v1/audio/transcriptions", data=data, files=files, timeout=60)
    assert '"text":"second1 second2"' in answer.text
