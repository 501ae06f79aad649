"""Who said what: diarized_json by a diariser, and by the channels of the recording."""

import base64

import openai
import pytest
from openai.types.audio import TranscriptionDiarized

from tests.api.sounds import clip_samples, silence, stereo_of, tone, wav_of

# The fake engine hears a word for every second, and takes a tone for a speaker.
FAKE = {"model": "fake-transcription"}


@pytest.fixture
def two_tones():
    return ("two.wav", wav_of(tone(300, 2.0), tone(700, 2.0)))


def data_url(sound):
    return "data:audio/wav;base64," + base64.b64encode(wav_of(sound)).decode()


def said(segments):
    return [(segment.speaker, segment.text) for segment in segments]


def test_speakers_are_told_apart_and_called_by_letters(client, two_tones):
    heard = client.audio.transcriptions.create(file=two_tones, response_format="diarized_json", **FAKE)
    assert isinstance(heard, TranscriptionDiarized)
    assert said(heard.segments) == [("A", "second1"), ("A", "second2"), ("B", "second3"), ("B", "second4")]
    assert (heard.task, heard.duration, heard.text) == ("transcribe", 4.0, "second1 second2 second3 second4")
    assert [segment.type for segment in heard.segments] == ["transcript.text.segment"] * 4
    assert len({segment.id for segment in heard.segments}) == 4
    assert heard.usage.seconds == 4.0


def test_known_speakers_have_their_names(client, two_tones):
    heard = client.audio.transcriptions.create(
        file=two_tones,
        response_format="diarized_json",
        known_speaker_names=["customer", "Ева"],
        known_speaker_references=[data_url(tone(900, 3.0)), data_url(tone(700, 3.0))],
        **FAKE,
    )
    assert said(heard.segments)[1:3] == [("A", "second2"), ("Ева", "second3")]


def test_a_stream_brings_segments_with_their_speakers(client, two_tones):
    events = list(client.audio.transcriptions.create(file=two_tones, response_format="diarized_json", stream=True, **FAKE))
    segments = [event for event in events if event.type == "transcript.text.segment"]
    deltas = [event for event in events if event.type == "transcript.text.delta"]
    assert said(segments) == [("A", "second1"), ("A", "second2"), ("B", "second3"), ("B", "second4")]
    assert [delta.segment_id for delta in deltas] == [segment.id for segment in segments]
    assert "".join(delta.delta for delta in deltas) == events[-1].text == "second1 second2 second3 second4"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"known_speaker_names[]": ["Eva"]}, "1 known_speaker_names and 0 known_speaker_references"),
        ({"known_speaker_names[]": ["Eva"], "known_speaker_references[]": ["https://x/y.wav"]}, "no data URL"),
        ({"known_speaker_names[]": ["Eva"], "known_speaker_references[]": ["data:audio/wav;base64,???"]}, "no data URL"),
        ({"known_speaker_names[]": ["Eva"], "known_speaker_references[]": ["data:audio/wav;base64,AAAA"]}, "cannot be used"),
        ({"known_speaker_names[]": ["Eva"], "known_speaker_references[]": [data_url(tone(300, 1.0))]}, "from 2 to 10 seconds"),
        ({"known_speaker_names[]": ["Eva"], "known_speaker_references[]": [data_url(tone(300, 11.0))]}, "from 2 to 10 seconds"),
    ],
)
def test_references_that_cannot_be_used_are_refused(http, two_tones, fields, message):
    data = FAKE | {"response_format": "diarized_json"} | fields
    answer = http.post("/v1/audio/transcriptions", data=data, files={"file": two_tones})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "known_speaker_references")
    assert message in error["message"]


def test_more_than_four_known_speakers_are_refused(http, two_tones):
    data = FAKE | {"response_format": "diarized_json", "known_speaker_names[]": ["a", "b", "c", "d", "e"]}
    answer = http.post("/v1/audio/transcriptions", data=data, files={"file": two_tones})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "known_speaker_names")


def test_without_a_diariser_the_answer_says_how_to_get_one(polyglot, clip):
    with pytest.raises(openai.BadRequestError) as refused:
        polyglot.audio.transcriptions.create(model="whisper-1", file=clip, response_format="diarized_json")
    assert refused.value.param == "response_format"
    assert "diarization" in refused.value.message
    assert "channels=separate" in refused.value.message


def test_each_channel_is_a_speaker_and_heard_on_its_own(client, clip, tmp_path):
    samples = clip_samples(clip)
    later = stereo_of(samples, [*silence(len(samples) / 16_000 + 1), *samples], tmp_path / "call.wav")
    heard = client.audio.transcriptions.create(
        model="pocketsphinx-en-us", file=later, response_format="diarized_json", extra_body={"channels": "separate"}
    )
    alone = client.audio.transcriptions.create(model="pocketsphinx-en-us", file=clip)
    by_speaker = {"A": [], "B": []}
    for segment in heard.segments:
        by_speaker[segment.speaker].append(segment.text)
    assert " ".join(by_speaker["A"]) == alone.text
    assert len(set(" ".join(by_speaker["B"]).split()) & set(alone.text.split())) > len(set(alone.text.split())) / 2
    starts = [segment.start for segment in heard.segments]
    assert starts == sorted(starts)


def test_channels_have_the_names_they_are_given(client, tmp_path):
    path = stereo_of(tone(300, 2.0), tone(700, 3.0), tmp_path / "call.wav")
    names = {"known_speaker_names": ["agent", "customer"]}
    heard = client.audio.transcriptions.create(
        file=path, response_format="diarized_json", extra_body={"channels": "separate"} | names, **FAKE
    )
    assert said(heard.segments)[:2] == [("agent", "second1"), ("customer", "second1")]
    verbose = client.audio.transcriptions.create(
        file=path, response_format="verbose_json", extra_body={"channels": "separate"}, **FAKE
    )
    assert {segment.speaker for segment in verbose.segments} == {"A", "B"}
    subtitles = client.audio.transcriptions.create(file=path, response_format="vtt", extra_body={"channels": "separate"}, **FAKE)
    assert "<v B>second3" in subtitles


def test_a_recording_of_one_channel_is_one_speaker(client, two_tones):
    heard = client.audio.transcriptions.create(
        file=two_tones, response_format="diarized_json", extra_body={"channels": "separate"}, **FAKE
    )
    assert {segment.speaker for segment in heard.segments} == {"A"}


def test_what_is_not_a_way_to_take_channels_is_refused(http, two_tones):
    answer = http.post("/v1/audio/transcriptions", data=FAKE | {"channels": "left"}, files={"file": two_tones})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "channels")
