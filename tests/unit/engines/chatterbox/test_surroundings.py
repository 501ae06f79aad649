import sys
from importlib import import_module

import pytest

from voxhelm.domain.model import Placement
from voxhelm.engines.chatterbox.surroundings import keep_tokenizer_home, prepare_environment


def test_no_hub_is_asked():
    environment = {}
    assert prepare_environment(Placement(), environment) == "cpu"
    assert environment["HF_HUB_OFFLINE"] == environment["TRANSFORMERS_OFFLINE"] == "1"
    assert "CUDA_VISIBLE_DEVICES" not in environment


@pytest.mark.parametrize(
    ("placement", "visible", "seen"),
    [
        (Placement("cuda:1"), None, "1"),
        (Placement("cuda:1"), "4,5", "5"),
        (Placement("cuda:0", "GPU-8c5d"), "4,5", "GPU-8c5d"),
    ],
)
def test_only_the_card_that_is_meant_can_be_seen(placement, visible, seen):
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    assert prepare_environment(placement, environment) == "cuda"
    assert environment["CUDA_VISIBLE_DEVICES"] == seen


def test_the_tokenizer_takes_from_the_models_folder_what_it_would_fetch(standin, tmp_path):
    (tmp_path / "Cangjie5_TC.json").write_text("[]")
    keep_tokenizer_home(tmp_path)
    tokenizer = import_module("chatterbox.models.tokenizers.tokenizer")
    assert tokenizer.hf_hub_download(repo_id="a/b", filename="Cangjie5_TC.json", cache_dir=tmp_path) == str(
        tmp_path / "Cangjie5_TC.json"
    )
    with pytest.raises(FileNotFoundError):
        tokenizer.hf_hub_download(repo_id="a/b", filename="missing.json")


@pytest.mark.parametrize("there", [True, False])
def test_words_of_chinese_are_divided_only_where_nothing_must_be_fetched_for_it(standin, tmp_path, there):
    standin["PKUSEG_HOME"] = str(tmp_path)
    if there:
        (tmp_path / "spacy_ontonotes.zip").write_bytes(b"")
    keep_tokenizer_home(tmp_path)
    assert ("spacy_pkuseg" in sys.modules) == (not there)
