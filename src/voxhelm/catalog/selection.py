"""Which of the files that are there make a model, and of what engine: decided by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from voxhelm.catalog.chatterbox_names import CHATTERBOX, chatterbox_files
from voxhelm.catalog.hub_file import Checksum, Digest, HubFile
from voxhelm.catalog.names import KOKORO, MODEL_ID, PIPER, WHISPER
from voxhelm.catalog.source import Source
from voxhelm.domain.errors import DownloadDamaged, ModelUnsuited

_WHISPER_FILES: Final = ("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.*")
_KOKORO_MODELS: Final = ("kokoro*.onnx", "model*.onnx")
_KOKORO_VOICES: Final = "voices*.bin"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][\w.\-+ ]*")


@dataclass(frozen=True, slots=True)
class Selection:
    """A model: what it is called, what loads it, and its files, which lie side by side in its folder."""

    engine: str
    model_id: str
    files: tuple[HubFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)


def select(source: Source, files: Sequence[HubFile]) -> Selection:
    """The model that `source` means among `files`.

    Raises ModelUnsuited saying what is there instead, DownloadDamaged when a file is another one than is known.
    """
    there = {file.name: file for file in files if _PLAIN_NAME.fullmatch(file.name)}
    if source.files:
        wanted = _named(source, there)
        engine, name = source.engine, source.model_id
    else:
        engine, wanted, name = _recognised(source, there)
    model_id = source.model_id or name or source.repository.partition("/")[2]
    if engine is None or not MODEL_ID.fullmatch(model_id):
        raise _unsuited(source, there)
    known = tuple(_known_beforehand(source, there[one]) for one in wanted)
    return Selection(engine, model_id, known)


def _named(source: Source, there: dict[str, HubFile]) -> list[str]:
    wanted = []
    for name in source.files:
        bare = name.removesuffix("?")
        if bare in there:
            wanted.append(bare)
        elif bare == name:
            raise _unsuited(source, there)
    return wanted


def _recognised(source: Source, there: dict[str, HubFile]) -> tuple[str, list[str], str | None]:
    """The engine, the names of the files, and what the model is called if its files say so."""
    found = {WHISPER: _whisper(there), KOKORO: _kokoro(there), PIPER: _piper(there), CHATTERBOX: chatterbox_files(there)}
    for engine, names in found.items():
        if names and source.engine in (None, engine):
            return engine, names, names[0].removesuffix(".onnx") if engine == PIPER else None
    raise _unsuited(source, there)


def _whisper(there: dict[str, HubFile]) -> list[str]:
    names = sorted(name for name in there if any(fnmatchcase(name, pattern) for pattern in _WHISPER_FILES))
    spelt = any(name == "tokenizer.json" or name.startswith("vocabulary.") for name in names)
    return names if spelt and {"config.json", "model.bin"} <= set(names) else []


def _kokoro(there: dict[str, HubFile]) -> list[str]:
    models = sorted(name for name in there if any(fnmatchcase(name, pattern) for pattern in _KOKORO_MODELS))
    voices = sorted(name for name in there if fnmatchcase(name, _KOKORO_VOICES))
    # Of several precisions nobody has said which: that is the operator's to name, not ours to guess.
    return [*models, *voices] if len(models) == 1 and voices else []


def _piper(there: dict[str, HubFile]) -> list[str]:
    voices = sorted(name for name in there if name.endswith(".onnx") and f"{name}.json" in there)
    return [voices[0], f"{voices[0]}.json", *(["MODEL_CARD"] if "MODEL_CARD" in there else [])] if len(voices) == 1 else []


def _known_beforehand(source: Source, file: HubFile) -> HubFile:
    sha256 = source.sha256_by_file.get(file.name)
    if sha256 is None:
        return file
    known = Checksum(Digest.SHA256, sha256)
    if file.checksum is not None and file.checksum.digest is Digest.SHA256 and file.checksum != known:
        raise DownloadDamaged(
            f"{file.name} of {source.repository} is not the file that was published: its SHA-256 is {file.checksum.value}, not {sha256}."
        )
    return replace(file, checksum=known)


def _unsuited(source: Source, there: dict[str, HubFile]) -> ModelUnsuited:
    where = f"{source.repository}/{source.folder}" if source.folder else source.repository
    names = sorted(there)
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "no file"
    wanted = (
        f"those of {source.engine}"
        if source.engine
        else "those of Whisper for CTranslate2, of one Piper voice, of Kokoro, or of Chatterbox"
    )
    return ModelUnsuited(f"The files at {where} are not {wanted}: there is {shown}.", param="model")
