"""The models of Chatterbox on the hub: their names, and the files of each, several of which lie in one repository."""

from collections.abc import Collection, Mapping
from typing import Final

from voxhelm.catalog.source import Source

CHATTERBOX: Final = "chatterbox"
_ENGLISH: Final = ("t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors", "tokenizer.json", "conds.pt?")
_MULTILINGUAL: Final = (
    "t3_mtl23ls_v2.safetensors", "s3gen.pt", "ve.pt", "grapheme_mtl_merged_expanded_v1.json", "conds.pt?", "Cangjie5_TC.json?",
)  # fmt: skip
_TURBO: Final = (
    "t3_turbo_v1.safetensors", "s3gen_meanflow.safetensors", "ve.safetensors", "vocab.json", "merges.txt", "tokenizer_config.json",
    "added_tokens.json?", "special_tokens_map.json?", "tokenizer.json?", "conds.pt?",
)  # fmt: skip
_REPOSITORY: Final = "ResembleAI/chatterbox"
_SOURCES: Final[Mapping[str, Source]] = {
    "chatterbox": Source(_REPOSITORY, engine=CHATTERBOX, model_id="chatterbox", files=_ENGLISH),
    "chatterbox-multilingual": Source(_REPOSITORY, engine=CHATTERBOX, model_id="chatterbox-multilingual", files=_MULTILINGUAL),
    "chatterbox-turbo": Source(f"{_REPOSITORY}-turbo", engine=CHATTERBOX, model_id="chatterbox-turbo", files=_TURBO),
}
CHATTERBOX_NAMES: Final = tuple(_SOURCES)


def chatterbox_source(name: str) -> Source | None:
    """What a name stands for, `chatterbox-turbo` or only `turbo`; None when it is none of these."""
    return _SOURCES.get(name) or _SOURCES.get(f"{CHATTERBOX}-{name}")


def chatterbox_files(there: Collection[str]) -> list[str]:
    """The files of the one model, the English one where there are several, among `there`; none when there is no model."""
    for source in _SOURCES.values():
        needed = [name for name in source.files if not name.endswith("?")]
        if set(needed) <= set(there):
            return [*needed, *(name[:-1] for name in source.files if name.endswith("?") and name[:-1] in there)]
    return []
