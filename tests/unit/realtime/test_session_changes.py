"""What `session.update` may change, and how wrong fields are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_changes import ENDED_BY_CLIENT, changed, told
from voxhelm.realtime.session_config import AudioFormat, Input, Kind, SemanticVad, ServerVad, SessionConfig, Transcription

PLAIN = SessionConfig("auto")


def after(**session: object) -> SessionConfig:
    return changed(PLAIN, session)


def test_nothing_changes_nothing():
    assert changed(PLAIN, {}) == PLAIN


def test_null_takes_away_and_an_absent_field_stays():
    some = changed(
        PLAIN, {"instructions": "Sing.", "audio": {"input": {"transcription": {"model": "whisper-1", "language": "bg"}}}}
    )
    assert changed(some, {"audio": {"input": {"noise_reduction": None}}}).input.transcription == Transcription("whisper-1", "bg")
    assert changed(some, {"audio": {"input": {"transcription": None}}}).input.transcription is None
    assert changed(some, {"instructions": ""}).instructions == ""
    assert changed(some, {"audio": {"input": {"turn_detection": None}}}).input.turn_detection is None


def test_detection_keeps_what_is_not_named_while_its_kind_stays():
    patient = changed(PLAIN, {"audio": {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 900}}}})
    louder = changed(patient, {"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}}})
    assert louder.input.turn_detection == ServerVad(threshold=0.7, silence_duration_ms=900)
    semantic = changed(louder, {"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}})
    assert semantic.input.turn_detection == SemanticVad()


@pytest.mark.parametrize("model", ENDED_BY_CLIENT)
def test_models_whose_clients_end_utterances_get_no_detection_where_none_is_named(model):
    dictating = SessionConfig("auto", Kind.TRANSCRIPTION)
    plain = {"transcription": {"model": model}}
    assert changed(dictating, {"audio": {"input": plain}}).input.turn_detection is None
    named = plain | {"turn_detection": {"type": "server_vad"}}
    assert changed(dictating, {"audio": {"input": named}}).input.turn_detection == ServerVad()
    # Pipecat names such a model in every conversation, and waits for the server to find turns.
    assert changed(PLAIN, {"audio": {"input": plain}}).input.turn_detection == ServerVad()


def test_the_model_stays_and_nobody_complains():
    assert after(model="gpt-realtime-2.1").model == "auto"


def test_what_means_nothing_here_is_told_back():
    config = after(tracing={"workflow_name": "w"}, truncation="disabled", providerData={"x": 1})
    written = told(config, "sess_1", 1)
    assert written["tracing"] == {"workflow_name": "w"}
    assert written["truncation"] == "disabled"
    assert "providerData" not in written


def test_formats():
    config = after(
        audio={"input": {"format": {"type": "audio/pcma"}}, "output": {"format": {"type": "audio/pcmu"}, "voice": {"id": "me"}}}
    )
    assert (config.input.format, config.output.format, config.output.voice) == (AudioFormat.ALAW, AudioFormat.MULAW, "me")


@pytest.mark.parametrize(
    ("session", "param"),
    [
        ({"output_modalities": ["audio", "text"]}, "session.output_modalities"),
        ({"max_output_tokens": 5000}, "session.max_output_tokens"),
        ({"max_output_tokens": "many"}, "session.max_output_tokens"),
        ({"tool_choice": "perhaps"}, "session.tool_choice"),
        ({"tools": [{"type": "mcp", "server_url": "https://x.example"}]}, "session.tools[0].type"),
        ({"tools": "all"}, "session.tools"),
        ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}, "session.audio.input.format.rate"),
        ({"audio": {"input": {"format": {"type": "mp3"}}}}, "session.audio.input.format.type"),
        (
            {"audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 1}}}},
            "session.audio.input.turn_detection.idle_timeout_ms",
        ),
        (
            {"audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "very"}}}},
            "session.audio.input.turn_detection.eagerness",
        ),
        ({"audio": {"output": {"speed": 0.1}}}, "session.audio.output.speed"),
        ({"type": "song"}, "session.type"),
    ],
)
def test_a_wrong_field_is_named(session, param):
    with pytest.raises(EventRefused) as refused:
        changed(PLAIN, session)
    assert refused.value.param == param
    assert refused.value.code in ("invalid_value", "missing_required_parameter")


CONFIGS = st.builds(
    SessionConfig,
    model=st.just("auto"),
    output_modality=st.sampled_from(["audio", "text"]),
    instructions=st.text(max_size=20),
    input=st.builds(
        Input,
        format=st.sampled_from(AudioFormat),
        transcription=st.none() | st.builds(Transcription, language=st.none() | st.just("bg"), keywords=st.just(("a", "b"))),
        turn_detection=st.none() | st.builds(ServerVad, idle_timeout_ms=st.none() | st.just(6000)) | st.builds(SemanticVad),
    ),
    tool_choice=st.sampled_from(["none", "auto", "required", "function:clock"]),
    most_tokens=st.none() | st.integers(1, 4096),
)


@given(config=CONFIGS)
def test_what_is_told_of_a_session_makes_the_same_session(config):
    assert changed(SessionConfig("auto"), told(config, "sess_1", 1)) == _with_told_extras(config)


def _with_told_extras(config: SessionConfig) -> SessionConfig:
    from dataclasses import replace

    return replace(config, extra={"tracing": None, "truncation": "auto", "prompt": None})


def test_a_transcription_session_is_told_without_what_it_has_not():
    written = told(SessionConfig("auto", Kind.TRANSCRIPTION), "sess_1", 1)
    assert "instructions" not in written
    assert "output" not in written["audio"]
