import pytest

from voxhelm.catalog.names import PIPER_VOICES, known_names, model_id_of, source_of
from voxhelm.domain.errors import ModelNotFound


@pytest.mark.parametrize(
    ("name", "repository", "model_id"),
    [
        ("whisper-large-v3-turbo", "deepdml/faster-whisper-large-v3-turbo-ct2", "faster-whisper-large-v3-turbo-ct2"),
        ("faster-whisper-large-v3-turbo-ct2", "deepdml/faster-whisper-large-v3-turbo-ct2", "faster-whisper-large-v3-turbo-ct2"),
        ("whisper-small", "Systran/faster-whisper-small", "faster-whisper-small"),
        ("whisper-small.en", "Systran/faster-whisper-small.en", "faster-whisper-small.en"),
        ("faster-whisper:small", "Systran/faster-whisper-small", "faster-whisper-small"),
        ("distil-whisper-large-v3", "Systran/faster-distil-whisper-large-v3", "faster-distil-whisper-large-v3"),
        ("kokoro", "fastrtc/kokoro-onnx", "kokoro-v1.0"),
        ("chatterbox", "ResembleAI/chatterbox", "chatterbox"),
        ("chatterbox-multilingual", "ResembleAI/chatterbox", "chatterbox-multilingual"),
        ("chatterbox:turbo", "ResembleAI/chatterbox-turbo", "chatterbox-turbo"),
        ("Systran/faster-whisper-tiny", "Systran/faster-whisper-tiny", None),
        (" whisper-small ", "Systran/faster-whisper-small", "faster-whisper-small"),
    ],
)
def test_a_name_stands_for_a_place_on_the_hub(name, repository, model_id):
    source = source_of(name)
    assert (source.repository, source.model_id, source.revision) == (repository, model_id, "main")


@pytest.mark.parametrize("name", ["piper:bg_BG-dimitar-medium", "bg_BG-dimitar-medium"])
def test_a_voice_of_piper_is_found_by_its_stem_alone(name):
    source = source_of(name)
    assert (source.repository, source.folder) == (PIPER_VOICES, "bg/bg_BG/dimitar/medium")
    assert source.files == ("bg_BG-dimitar-medium.onnx", "bg_BG-dimitar-medium.onnx.json", "MODEL_CARD?")
    assert (source.engine, source.model_id) == ("piper", "bg_BG-dimitar-medium")


@pytest.mark.parametrize(
    ("name", "revision"),
    [("owner/name@v1.0", "v1.0"), ("whisper-small@refs/pr/1", "refs/pr/1"), ("piper:en_GB-alba-medium@v1.0.0", "v1.0.0")],
)
def test_a_revision_may_follow(name, revision):
    assert source_of(name).revision == revision


def test_an_engine_may_lead():
    assert source_of("kokoro:owner/name").engine == "kokoro"
    assert source_of("owner/name").engine is None


@pytest.mark.parametrize(
    "name",
    ["", "whisper", "whisper-smal", "../etc", "a/b/c", "owner/", "/name", "owner/..", "nobody:owner/name", "small", "owner/name@",
     "piper:kokoro", "owner/name@../x", "bg_BG-dimitar", "https://x.example/a/b", "a b/c"],
)  # fmt: skip
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ModelNotFound):
        source_of(name)


def test_a_near_miss_is_told_what_was_meant():
    with pytest.raises(ModelNotFound, match="'whisper-small'"):
        source_of("whisper-smal")


def test_every_known_name_has_a_source_and_an_id():
    for name in known_names():
        assert source_of(name).repository
        assert model_id_of(name)


def test_an_id_is_told_from_any_name():
    assert model_id_of("deepdml/faster-whisper-large-v3-turbo-ct2") == "faster-whisper-large-v3-turbo-ct2"
    assert model_id_of("piper:zh_CN-huayan-x_low") == "zh_CN-huayan-x_low"
    assert model_id_of("nothing at all") is None
