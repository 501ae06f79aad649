import pytest

from voxhelm.catalog.hub_file import Checksum, Digest, HubFile
from voxhelm.catalog.names import source_of
from voxhelm.catalog.selection import select
from voxhelm.catalog.source import Source
from voxhelm.domain.errors import DownloadDamaged, ModelUnsuited


def files(*names):
    return [HubFile(name, name.rpartition("/")[2] if "keep" not in name else name, 10) for name in names]


def chosen(name, *names):
    found = select(source_of(name), files(*names))
    return found.engine, found.model_id, [file.name for file in found.files]


WHISPER = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")


def test_whisper_is_told_by_its_files_and_nothing_else_comes_along():
    names = (*WHISPER, "README.md", ".gitattributes", "pytorch_model.bin", "preprocessor_config.json")
    assert chosen("owner/my-whisper", *names) == (
        "faster-whisper",
        "my-whisper",
        ["config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.json"],
    )
    assert chosen("whisper-small", "config.json", "model.bin", "vocabulary.txt")[1] == "faster-whisper-small"


def test_a_single_voice_of_piper_is_called_as_its_file():
    assert chosen("owner/a-voice", "bg_BG-mine-low.onnx", "bg_BG-mine-low.onnx.json", "MODEL_CARD", "x.mp3") == (
        "piper",
        "bg_BG-mine-low",
        ["bg_BG-mine-low.onnx", "bg_BG-mine-low.onnx.json", "MODEL_CARD"],
    )


def test_kokoro_is_told_by_its_voices():
    assert chosen("owner/k", "model.onnx", "voices.bin", "README.md") == ("kokoro", "k", ["model.onnx", "voices.bin"])


CHATTERBOX = (
    "README.md", "conds.pt", "t3_cfg.pt", "s3gen.pt", "ve.pt", "t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors",
    "tokenizer.json", "t3_mtl23ls_v2.safetensors", "grapheme_mtl_merged_expanded_v1.json", "Cangjie5_TC.json",
)  # fmt: skip
ENGLISH = ["t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors", "tokenizer.json", "conds.pt"]


def test_one_repository_has_two_models_of_chatterbox_and_only_the_files_of_one_come():
    assert chosen("chatterbox", *CHATTERBOX) == ("chatterbox", "chatterbox", ENGLISH)
    engine, model_id, names = chosen("chatterbox-multilingual", *CHATTERBOX)
    assert (engine, model_id) == ("chatterbox", "chatterbox-multilingual")
    assert names == [
        "t3_mtl23ls_v2.safetensors", "s3gen.pt", "ve.pt", "grapheme_mtl_merged_expanded_v1.json", "conds.pt", "Cangjie5_TC.json",
    ]  # fmt: skip
    assert chosen("owner/my-copy", *CHATTERBOX) == ("chatterbox", "my-copy", ENGLISH)


def test_the_files_that_are_pulled_are_those_that_the_engine_wants():
    from voxhelm.engines.chatterbox.variants import VARIANTS

    for name, variant in zip(("chatterbox", "chatterbox-turbo", "chatterbox-multilingual"), VARIANTS, strict=True):
        assert sorted(one for one in source_of(name).files if not one.endswith("?")) == sorted(variant.files)


def test_a_file_that_is_only_wanted_if_there_may_be_missing():
    stem = "en_GB-alba-medium"
    assert chosen(stem, f"{stem}.onnx", f"{stem}.onnx.json")[2] == [f"{stem}.onnx", f"{stem}.onnx.json"]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("owner/empty", ()),
        ("owner/torch", ("config.json", "pytorch_model.bin")),
        ("owner/no-words", ("config.json", "model.bin")),
        ("owner/two-voices", ("a.onnx", "a.onnx.json", "b.onnx", "b.onnx.json")),
        ("owner/two-precisions", ("model.onnx", "model_q8.onnx", "voices.bin")),
        ("piper:owner/whisper", WHISPER),
        ("en_GB-alba-medium", ("en_GB-alba-medium.onnx",)),
        ("owner/evil", ("keep/../config.json", "model.bin", "tokenizer.json")),
    ],
)
def test_what_makes_no_model_is_refused_saying_what_is_there(name, names):
    with pytest.raises(ModelUnsuited, match="there is"):
        select(source_of(name), files(*names))


def test_a_known_file_must_be_that_very_file():
    source = source_of("kokoro")
    with pytest.raises(DownloadDamaged, match="not the file that was published"):
        select(source, [HubFile(name, name, 10, Checksum(Digest.SHA256, "0" * 64)) for name in source.sha256_by_file])
    unlisted = select(source, [HubFile(name, name, 10) for name in source.sha256_by_file])
    assert {file.checksum.value for file in unlisted.files} == set(source.sha256_by_file.values())


def test_a_model_that_could_not_be_a_folder_is_refused():
    with pytest.raises(ModelUnsuited):
        select(Source("owner/x", engine="piper", model_id="../up", files=("a",)), files("a"))
