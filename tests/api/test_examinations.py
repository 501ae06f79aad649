"""When somebody speaks, and in which language."""

import pytest

from tests.api.sounds import clip_samples, silence, tone, wav_of


@pytest.fixture(scope="module")
def spoken(clip):
    """Two seconds of silence, speech, two seconds, speech."""
    samples = clip_samples(clip)
    return wav_of(silence(2.0), samples, silence(2.0), samples), len(samples) / 16_000


def timestamps(http, sound, **fields):
    return http.post("/v1/audio/speech/timestamps", data=fields, files={"file": ("a.wav", sound)})


def test_speech_is_found_where_it_is(http, spoken):
    sound, seconds = spoken
    answer = timestamps(http, sound)
    first, second = answer.json()
    assert 1_900 < first["start"] < first["end"] < 2_100 + seconds * 1_000
    assert 3_900 + seconds * 1_000 < second["start"] < second["end"] < 4_100 + 2 * seconds * 1_000
    assert answer.headers["x-voxhelm-model"] == "silero-vad"


def test_padding_is_added_and_short_pauses_are_passed_over(http, spoken):
    sound, _ = spoken
    bare, padded = timestamps(http, sound).json(), timestamps(http, sound, speech_pad_ms="300").json()
    assert padded[0] == {"start": bare[0]["start"] - 300, "end": bare[0]["end"] + 300}
    assert len(timestamps(http, sound, min_silence_duration_ms="5000").json()) == 1
    assert timestamps(http, sound, min_speech_duration_ms="60000").json() == []


def test_speech_that_is_too_long_is_divided(http, spoken):
    sound, _ = spoken
    parts = timestamps(http, sound, max_speech_duration_s="0.5").json()
    assert len(parts) > 4
    assert all(part["end"] - part["start"] <= 500 for part in parts)


def test_the_names_of_a_peer_are_understood_and_the_base_url_without_v1(http, spoken):
    sound, _ = spoken
    data, files = {"model": "silero_vad_v5"}, {"file": ("a.wav", sound)}
    assert http.post("/audio/speech/timestamps", data=data, files=files).json() == timestamps(http, sound).json()


def test_silence_and_tones_are_no_speech(http):
    assert timestamps(http, wav_of(silence(3.0))).json() == []
    assert timestamps(http, wav_of(tone(440, 3.0))).json() == []


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"threshold": "2"}, 400, "threshold"),
        ({"threshold": "0.5", "neg_threshold": "0.6"}, 400, "neg_threshold"),
        ({"max_speech_duration_s": "0"}, 400, "max_speech_duration_s"),
        ({"max_speech_duration_s": "1", "speech_pad_ms": "700"}, 400, "speech_pad_ms"),
        ({"min_silence_duration_ms": "-1"}, 400, "min_silence_duration_ms"),
        ({"model": "whisper-1"}, 400, "model"),
        ({"model": "nobody"}, 404, "model"),
    ],
)
def test_what_makes_no_sense_is_refused(http, fields, status, param):
    answer = timestamps(http, wav_of(tone(440, 1.0)), **fields)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


def language_of(http, clip, name="file", **fields):
    return http.post("/v1/audio/detect-language", data=fields, files={name: ("a.wav", clip.read_bytes())})


def test_the_language_is_told_with_what_else_it_may_be(polyglot_http, clip):
    answer = language_of(polyglot_http, clip)
    body = answer.json()
    assert (body["detected_language"], body["language_code"]) == ("bulgarian", "bg")
    assert body["languages"][0] == {"code": "bg", "probability": body["confidence"]}
    assert answer.headers["x-voxhelm-model"] == "polyglot"
    assert language_of(polyglot_http, clip, "audio_file").json() == body


def test_only_languages_that_come_into_question_are_told(polyglot_http, clip):
    told = language_of(polyglot_http, clip, **{"languages[]": ["de", "fr"]}).json()
    assert {one["code"] for one in told["languages"]} == {"de", "fr"}
    assert sum(one["probability"] for one in told["languages"]) == pytest.approx(1, abs=1e-3)


def test_languages_that_the_model_does_not_know_are_refused(polyglot_http, clip):
    answer = language_of(polyglot_http, clip, **{"languages[]": ["xh", "zu"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "language_unsupported")


def test_where_nobody_speaks_there_is_no_language(polyglot_http):
    answer = polyglot_http.post("/v1/audio/detect-language", files={"file": ("a.wav", wav_of(silence(3.0)))})
    assert answer.json() == {"detected_language": None, "language_code": None, "confidence": 0.0, "languages": []}


@pytest.mark.parametrize("model", ["auto", "whisper-1", "pocketsphinx-en-us"])
def test_without_a_model_that_can_the_answer_says_how_to_get_one(http, clip, model):
    answer = language_of(http, clip, model=model)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "model_unsuited")
    assert "voxhelm pull whisper-small" in error["message"]
