import pytest

from voxhelm.api.session_wanted import read_session, wanted_session
from voxhelm.domain.errors import ParameterInvalid, ParameterMissing
from voxhelm.realtime.session_config import Kind

STORED = {"type": "realtime", "model": "gpt-realtime", "instructions": "Be kind.", "audio": {"output": {"voice": "bg"}}}


def test_the_later_session_counts_and_the_address_before_all():
    config = wanted_session({"model": "mine"}, STORED, {"model": "theirs", "instructions": "Be brief."})
    assert (config.model, config.instructions, config.output.voice) == ("mine", "Be brief.", "bg")
    assert wanted_session({}, STORED, {"model": "theirs"}).model == "theirs"
    assert wanted_session({}, STORED).model == "gpt-realtime"
    assert wanted_session({}).model == "auto"


def test_an_intent_makes_a_transcription_and_the_model_is_what_transcribes():
    config = wanted_session({"intent": "transcription", "model": "whisper-1"})
    assert config.kind is Kind.TRANSCRIPTION
    assert config.input.transcription is not None
    assert config.input.transcription.model == "whisper-1"
    assert wanted_session({"intent": "transcription"}, STORED).kind is Kind.TRANSCRIPTION


def test_a_model_whose_clients_end_utterances_gets_no_detection():
    assert wanted_session({"intent": "transcription", "model": "gpt-realtime-whisper"}).input.turn_detection is None
    assert wanted_session({"intent": "transcription", "model": "whisper-1"}).input.turn_detection is not None


def test_a_session_may_say_that_it_transcribes():
    given = {"type": "transcription", "audio": {"input": {"transcription": {"model": "tiny", "language": "bg"}}}}
    config = wanted_session({}, given)
    assert config.kind is Kind.TRANSCRIPTION
    assert config.input.transcription is not None
    assert (config.input.transcription.model, config.input.transcription.language) == ("tiny", "bg")


@pytest.mark.parametrize(
    ("query", "given", "param"),
    [
        ({"intent": "conquest"}, {}, "intent"),
        ({"model": "m" * 201}, {}, "model"),
        ({}, {"model": 7}, "model"),
        ({}, {"type": "seance"}, "session.type"),
        ({}, {"audio": {"output": {"speed": 9}}}, "session.audio.output.speed"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(query, given, param):
    with pytest.raises(ParameterInvalid) as refused:
        wanted_session(query, given)
    assert refused.value.param == param


def test_what_is_missing_is_named():
    with pytest.raises(ParameterMissing):
        wanted_session({}, {"tools": [{"type": "function"}]})


@pytest.mark.parametrize("text", ["", "[]", "{", '"session"', b"\xff", "[" * 100_000])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ParameterInvalid):
        read_session(text)
