"""Which folders hold a Whisper model in CTranslate2's format."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from voxhelm.engines.whisper.languages import CANTONESE, LANGUAGES, own_code

DEEPEST: Final = 4
"""How far below the models directory a model may be: enough for a hub's own cache."""

WEIGHTS: Final = "model.bin"
TOKENIZER: Final = "tokenizer.json"
_CONFIG: Final = "config.json"
_VOCABULARIES: Final = ("vocabulary.json", "vocabulary.txt")
# Translators in the same format have a config.json too. Only Whisper's has these.
_MARKS: Final = frozenset({"alignment_heads", "lang_ids", "suppress_ids_begin"})
_ENGLISH_TOKENS: Final = 51_864


def model_folders(directory: Path) -> Iterator[Path]:
    """The folders below `directory` that hold a model, in order of their paths. What cannot be read is passed over."""
    yield from (folder for folder in _search(directory, DEEPEST) if _is_current(folder))


def model_id(folder: Path) -> str:
    """The name clients use: the folder's own, or in a hub's cache the repository's, where the folder's is a checksum."""
    if folder.parent.name == "snapshots":
        return folder.parent.parent.name.rpartition("--")[2]
    return folder.name


def languages_of(folder: Path) -> tuple[str, ...]:
    """What the model hears, told by its vocabulary. Raises OSError or ValueError when that cannot be read."""
    tokens = _vocabulary(folder)
    # English models have the tokens of languages too, and no use for them. CTranslate2 knows them by the same signs: they lack the
    # empty token, and (before its version 4.8) there is one token less.
    if "" not in tokens and len(tokens) <= _ENGLISH_TOKENS:
        return ("en",)
    return tuple(language for language in (*LANGUAGES, CANTONESE) if f"<|{own_code(language)}|>" in tokens)


def missing_from(folder: Path) -> tuple[str, ...]:
    """The files without which the model cannot be loaded."""
    absent = [name for name in (WEIGHTS, _CONFIG, TOKENIZER) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in _VOCABULARIES):
        absent.append(" or ".join(_VOCABULARIES))
    return tuple(absent)


def _search(directory: Path, depth: int) -> Iterator[Path]:
    try:
        if _is_model(directory):
            yield directory
            return
        folders = sorted(path for path in directory.iterdir() if path.is_dir()) if depth else []
    except OSError:
        return
    for folder in folders:
        yield from _search(folder, depth - 1)


def _is_current(folder: Path) -> bool:
    """Whether a folder is no version in a hub's cache that another one has taken the place of."""
    if folder.parent.name != "snapshots":
        return True
    try:
        current = (folder.parents[1] / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return True
    return current == folder.name or not _is_model(folder.parent / current)


def _is_model(folder: Path) -> bool:
    if not (folder / WEIGHTS).is_file() or not any((folder / name).is_file() for name in (TOKENIZER, *_VOCABULARIES)):
        return False
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and not _MARKS.isdisjoint(config)


def _vocabulary(folder: Path) -> frozenset[str]:
    listed, lines = (folder / name for name in _VOCABULARIES)
    if listed.is_file():
        return frozenset(json.loads(listed.read_text(encoding="utf-8")))
    if lines.is_file():
        # A token may hold any character but this one, so other line ends must not be taken for it.
        return frozenset(lines.read_bytes().decode().removesuffix("\n").split("\n"))
    tokenizer = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))
    return frozenset(tokenizer["model"]["vocab"]) | {added["content"] for added in tokenizer["added_tokens"]}
