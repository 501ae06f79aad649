"""SSML, tags, figures, the lexicon, timed words and captions, through the official client."""

import base64
import io
import json

import numpy as np
import openai
import pytest

from tests.conftest import running_server
from voxhelm.audio.decode import decode
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm

RATE_HZ = 24_000


def said(client, text, voice="en-us", model="espeak-ng", **extra):
    """The samples."""
    answer = client.audio.speech.create(model=model, voice=voice, input=text, response_format="pcm", extra_body=extra)
    return np.frombuffer(answer.content, dtype="<i2")


def captioned(client, text, voice="en-us", model="espeak-ng", **extra):
    answer = client.audio.speech.with_raw_response.create(
        model=model, voice=voice, input=text, response_format="pcm", extra_body={"captions": "json", **extra}
    )
    assert answer.headers["content-type"].startswith("application/json")
    found = json.loads(answer.content)
    return np.frombuffer(base64.b64decode(found["audio"]), dtype="<i2"), found["captions"]


def longest_silence_seconds(samples):
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 300)
    return np.diff(loud).max() / RATE_HZ


def test_a_break_and_a_tag_are_silence_of_that_length(client):
    for text in ("<speak>One <break time='1500ms'/> two.</speak>", "One [pause:1.5s] two."):
        assert longest_silence_seconds(said(client, text)) == pytest.approx(1.5, abs=0.2)
    assert longest_silence_seconds(said(client, "One two.")) < 0.3


def test_prosody_changes_pace_and_volume_of_its_part(client):
    plain, captions = captioned(client, "<speak>one two three <break/> one two three</speak>", even_loudness=False)
    slow, changed = captioned(
        client,
        "<speak>one two three <break/> <prosody rate='50%' volume='-12dB'>one two three</prosody></speak>",
        even_loudness=False,
    )

    def span(found, first):
        return found["words"][first + 2]["end"] - found["words"][first]["start"]

    assert span(changed, 0) == pytest.approx(span(captions, 0), abs=0.05)
    assert span(changed, 3) > 1.7 * span(captions, 3)
    begin = round(changed["words"][3]["start"] * RATE_HZ)
    assert np.abs(slow[begin:].astype(int)).max() < 0.4 * np.abs(slow[:begin].astype(int)).max()
    assert np.abs(plain).max() > 5_000


def test_a_phoneme_changes_the_sound_and_a_sub_its_words(client):
    text = "<speak><phoneme ph='{}'>tomato</phoneme></speak>"
    long, short = (said(client, text.format(ipa)) for ipa in ("tˈɑːmˈɑːtˈɑːmˈɑːtˈoʊ", "tˈoʊ"))
    assert len(long) > 2 * len(short)
    alias = said(client, "<speak><sub alias='World Wide Web Consortium'>W3C</sub></speak>")
    assert len(alias) == pytest.approx(len(said(client, "World Wide Web Consortium")), rel=0.05)


def test_numbers_are_said_in_words_unless_that_is_switched_off(client):
    words = said(client, "twelve dollars and fifty cents")
    assert len(said(client, "$12.50")) == pytest.approx(len(words), rel=0.05)
    assert abs(len(said(client, "$12.50", normalize=False)) - len(words)) > 0.1 * len(words)
    bulgarian = said(client, "две книги и двама мъже", voice="bg")
    assert len(said(client, "2 книги и 2 мъже", voice="bg")) == pytest.approx(len(bulgarian), rel=0.05)


@pytest.mark.parametrize(
    "text",
    [
        "[voice:en-us] Who is there? [voice:tone] Me.",
        "<speak><voice name='en-us'>Who is there?</voice><voice name='tone'>Me.</voice></speak>",
    ],
)
def test_voices_of_two_engines_speak_in_one_answer(http, text):
    body = {"input": text, "voice": "tone", "response_format": "pcm", "model": "auto"}
    answer = http.post("/v1/audio/speech", json=body)
    assert answer.status_code == 200
    samples = np.frombuffer(answer.content, dtype="<i2")
    # The last voice is a tone of 440 Hz, for three characters.
    tail = samples[-round(0.15 * RATE_HZ) : -round(0.02 * RATE_HZ)]
    assert np.count_nonzero(np.diff(np.signbit(tail))) / 2 / (len(tail) / RATE_HZ) == pytest.approx(440, rel=0.1)
    assert len(samples) > RATE_HZ


def test_a_voice_that_nobody_has_is_refused_before_any_sound(client):
    with pytest.raises(openai.BadRequestError, match="There is no voice 'nobody-at-all'"):
        said(client, "A long story. " * 50 + "[voice:nobody-at-all] The end.", model="auto")


@pytest.mark.parametrize(
    ("text", "extra", "code", "told"),
    [
        ("<speak>Hi <emphasis>you</emphasis></speak>", {}, "markup_invalid", "line 1, column 11: <emphasis>"),
        ("<speak><prosody pitch='+10%'>Hi</prosody></speak>", {}, "markup_invalid", "'pitch'"),
        ("<speak>Hi", {}, "markup_invalid", "not well-formed at line 1, column 10"),
        ("<!DOCTYPE s [<!ENTITY x 'y'>]><speak>&x;</speak>", {"input_type": "ssml"}, "markup_invalid", "document type"),
        ("Hi", {"input_type": "ssml"}, "markup_invalid", "not well-formed"),
        ("Hi [pause:1h] [pause:99s]", {}, "markup_invalid", "'[pause:99s]' at character 15"),
        ("<speak><break time='1s'/></speak>", {}, "text_unspeakable", "no letter"),
        ("Hi", {"input_type": "html"}, "invalid_value", "input_type"),
        ("Hi", {"captions": "ass"}, "invalid_value", "captions"),
        ("Hi", {"timestamp_granularities": ["word"]}, "invalid_value", "stream_format=sse"),
        ("Hi", {"timestamp_granularities": ["phone"]}, "invalid_value", "timestamp_granularities"),
    ],
)
def test_what_cannot_be_followed_is_refused_before_any_sound(client, text, extra, code, told):
    with pytest.raises(openai.BadRequestError) as error:
        said(client, text, **extra)
    assert error.value.code == code
    assert told in error.value.message


def test_a_text_that_holds_an_angle_bracket_is_a_text(client):
    for text in ("5 < 6 and <b>bold</b>", "if a < b then", "<speaker> says hi"):
        assert len(said(client, text)) > RATE_HZ / 2
    assert len(said(client, "<speak>Hi</speak>", input_type="text")) > 2 * len(said(client, "<speak>Hi</speak>"))


def test_captions_have_the_callers_words_whatever_was_said(client):
    text = "<speak>On 3 May we paid <sub alias='a lot of money'>$12.50</sub> &amp; left.</speak>"
    samples, captions = captioned(client, text)
    assert [word["word"] for word in captions["words"]] == ["On", "3", "May", "we", "paid", "$12.50", "left"]
    assert all(text.startswith(word["word"], word["offset"]) for word in captions["words"])
    assert captions["words"][-1]["end"] == pytest.approx(len(samples) / RATE_HZ, abs=0.1)
    assert captions["cues"][0]["text"] == "On 3 May we paid $12.50 & left."


@pytest.mark.parametrize("audio_format", [one.value for one in AudioFormat])
def test_times_are_those_of_the_sound_as_it_is_decoded(client, audio_format):
    """The second word of the fake engine begins after a pause; so it is seen where it does, in any format."""
    answer = client.audio.speech.with_raw_response.create(
        model="fake-speech",
        voice="tone",
        input="xxxx [pause:500ms] xxxx",
        response_format=audio_format,
        extra_body={"captions": "json"},
    )
    found = json.loads(answer.content)
    assert found["format"] == audio_format
    data = base64.b64decode(found["audio"])
    pieces = [Pcm.from_bytes(data, RATE_HZ)] if audio_format == "pcm" else list(decode(io.BytesIO(data)))
    samples = np.concatenate([pcm.samples for pcm in pieces]).astype(int)
    start = found["captions"]["words"][1]["start"]
    loud = np.flatnonzero(np.abs(samples[round((start - 0.3) * pieces[0].rate_hz) :]) > 1_500)
    assert loud[0] / pieces[0].rate_hz - 0.3 == pytest.approx(0.0, abs=0.012)


def test_a_narration_that_was_kept_has_its_captions_too(client):
    first, again = (captioned(client, "Kept with its words.")[1]["words"] for _ in range(2))
    assert [word["word"] for word in first] == [word["word"] for word in again] == ["Kept", "with", "its", "words"]
    assert [word["end"] for word in first] == pytest.approx([word["end"] for word in again], abs=0.02)


def test_times_follow_the_speed_and_the_pauses(client):
    text = "One two three. [pause:1s] Four five six."
    normal, fast = (captioned(client, text, speed=speed)[1]["words"] for speed in (1.0, 2.0))
    assert fast[2]["end"] == pytest.approx(normal[2]["end"] / 2, rel=0.15)
    assert fast[3]["start"] - fast[2]["end"] == pytest.approx(1.0, abs=0.15)


def test_an_engine_without_words_gets_estimates_that_say_so(client):
    _, captions = captioned(client, "你好，世界。 [voice:tone]One two.", voice="cmn", model="auto")
    assert [word["word"] for word in captions["words"]] == ["你", "好", "世", "界", "One", "two"]


def test_nobody_gets_events_that_they_did_not_ask_for(http):
    body = {"input": "One two.", "model": "espeak-ng", "voice": "en-us", "stream_format": "sse"}

    def kinds(**extra):
        with http.stream("POST", "/v1/audio/speech", json=body | extra) as answer:
            return {json.loads(line.removeprefix("data: "))["type"] for line in answer.iter_lines() if line}

    assert kinds() == {"speech.audio.delta", "speech.audio.done"}
    asked = kinds(timestamp_granularities=["word"], captions="srt")
    assert asked == {"speech.audio.delta", "speech.audio.done", "speech.audio.word", "speech.audio.captions"}


def test_what_a_voice_cannot_follow_is_told(http):
    def ignored(**body):
        return http.post("/v1/audio/speech", json=body | {"response_format": "pcm"}).headers.get("x-voxhelm-ignored")

    phoneme = "<speak><phoneme ph='a'>b</phoneme></speak>"
    assert ignored(input="Hi.", model="espeak-ng") is None
    assert ignored(input="Hi.", model="espeak-ng", instructions="Whisper.") == "instructions"
    assert ignored(input=phoneme, model="espeak-ng") is None
    assert ignored(input=phoneme, model="fake-speech", voice="tone", instructions="Whisper.") == "instructions, phoneme"


def test_words_in_another_script_go_to_a_voice_that_can_read_them(client):
    spelt = said(client, "He said добър ден, приятели and left.")
    read = said(client, "He said добър ден, приятели and left.", voice="auto")
    assert len(read) < 0.7 * len(spelt)


def test_the_lexicon_of_settings_and_file_is_heard_and_not_seen(tmp_path):
    (tmp_path / "words.yaml").write_text("- {word: SQL, say: structured query language}\n")
    entries = '[{"word": "vox", "ipa": "vˈɑːksˈɑːksˈɑːksˈɑːks"}]'
    with (
        running_server(tmp_path, VOXHELM_SPEECH__LEXICON=entries, VOXHELM_SPEECH__LEXICON_FILE="words.yaml") as server,
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client,
    ):
        assert len(said(client, "SQL")) == pytest.approx(len(said(client, "structured query language")), rel=0.05)
        assert len(said(client, "Vox")) > 1.5 * len(said(client, "fox"))
        assert [word["word"] for word in captioned(client, "SQL is Vox.")[1]["words"]] == ["SQL", "is", "Vox"]
