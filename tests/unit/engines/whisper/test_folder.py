import json
import shutil

import pytest

from voxhelm.engines.whisper.folder import languages_of, missing_from, model_folders, model_id


def copied(source, folder):
    return shutil.copytree(source, folder)


def test_models_are_found_at_any_depth_up_to_four(english, tmp_path):
    near = copied(english, tmp_path / "near")
    deep = copied(english, tmp_path / "a" / "b" / "c" / "deep")
    copied(english, tmp_path / "a" / "b" / "c" / "d" / "too-deep")
    assert list(model_folders(tmp_path)) == [deep, near]


def test_a_folder_that_is_not_there_has_no_models(tmp_path):
    assert list(model_folders(tmp_path / "nowhere")) == []


@pytest.mark.parametrize("file", ["model.bin", "config.json"])
def test_a_folder_without_a_part_that_makes_a_model_is_none(english, tmp_path, file):
    (copied(english, tmp_path / "half") / file).unlink()
    assert list(model_folders(tmp_path)) == []


@pytest.mark.parametrize("config", ["", "{", "[]", '{"bos_token": "<s>", "unk_token": "<unk>"}'])
def test_other_models_in_the_same_format_are_not_taken_for_it(english, tmp_path, config):
    (copied(english, tmp_path / "translator") / "config.json").write_text(config)
    assert list(model_folders(tmp_path)) == []


def test_a_model_has_its_folders_name(english, tmp_path):
    (folder,) = model_folders(copied(english, tmp_path / "faster-whisper-small"))
    assert model_id(folder) == "faster-whisper-small"


def test_in_a_hubs_cache_a_model_has_its_repositorys_name(english, tmp_path):
    copied(english, tmp_path / "models--Systran--faster-whisper-tiny" / "snapshots" / "d90ca5fe260221311c53c58e660288d3deb8d356")
    (folder,) = model_folders(tmp_path)
    assert model_id(folder) == "faster-whisper-tiny"


def test_of_several_versions_in_a_hubs_cache_the_one_it_points_to_is_the_model(english, tmp_path):
    repository = tmp_path / "models--Systran--faster-whisper-tiny"
    for version in ("aaaa", "bbbb"):
        copied(english, repository / "snapshots" / version)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("bbbb")
    assert [folder.name for folder in model_folders(tmp_path)] == ["bbbb"]
    (repository / "refs" / "main").write_text("cccc")  # which has not come whole
    assert [folder.name for folder in model_folders(tmp_path)] == ["aaaa", "bbbb"]


def test_an_english_model_hears_english_though_it_has_the_tokens_of_other_languages(english):
    assert languages_of(english) == ("en",)


def test_a_multilingual_model_hears_what_its_vocabulary_has(multilingual):
    assert languages_of(multilingual) == ("en", "bg", "de", "fr")


def test_a_vocabulary_of_lines_says_the_same(multilingual, english, tmp_path):
    for source, name in ((multilingual, "m"), (english, "e")):
        folder = copied(source, tmp_path / name)
        tokens = json.loads((folder / "vocabulary.json").read_text())
        (folder / "vocabulary.json").unlink()
        (folder / "vocabulary.txt").write_text("".join(f"{token}\n" for token in tokens), encoding="utf-8")
        assert languages_of(folder) == languages_of(source)


def test_without_a_vocabulary_the_tokenizer_says_it(english, tmp_path):
    folder = copied(english, tmp_path / "model")
    (folder / "vocabulary.json").unlink()
    assert languages_of(folder) == ("en",)


def test_javanese_is_called_by_its_usual_code(english, tmp_path):
    folder = copied(english, tmp_path / "model")
    (folder / "vocabulary.json").write_text(json.dumps(["", "<|en|>", "<|jw|>", "<|yue|>"]))
    assert languages_of(folder) == ("en", "jv", "yue")


def test_missing_files_are_named(english, tmp_path):
    folder = copied(english, tmp_path / "model")
    assert missing_from(folder) == ()
    (folder / "tokenizer.json").unlink()
    (folder / "vocabulary.json").unlink()
    assert missing_from(folder) == ("tokenizer.json", "vocabulary.json or vocabulary.txt")
