"""The voices in a model's archive: facts by their names, styles by their arrays."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import ModelLoadFailed, VoiceNotFound
from voxhelm.domain.voice import Voice
from voxhelm.engines.kokoro.mix import Part, parse_mix, written

# By the first letter of a voice's name.
LANGUAGES: Final[Mapping[str, str]] = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "zh",
}
GENDERS: Final[Mapping[str, str]] = {"f": "female", "m": "male"}
# The first of a language is the one it gets when nobody chooses; these are those that the model's authors rate highest.
FAVOURITES: Final = (
    "af_heart", "af_bella", "bf_emma", "ef_dora", "ff_siwis", "hf_alpha", "if_sara", "jf_alpha", "pf_dora", "zf_xiaobei",
)  # fmt: skip


def voice_names(archive: Path) -> tuple[str, ...]:
    """The names in an archive, the favourites first; none when it is no archive. Reads its table of contents only."""
    try:
        with zipfile.ZipFile(archive) as file:
            names = {Path(name).stem for name in file.namelist() if name.endswith(".npy")}
    except (OSError, zipfile.BadZipFile):
        return ()
    return (*(name for name in FAVOURITES if name in names), *sorted(names.difference(FAVOURITES)))


def describe(name: str) -> Voice:
    """What the name of a voice says: `bf_emma` is a British woman called Emma. Other names speak American English."""
    kind, underscore, called = name.partition("_")
    if not underscore or len(kind) != 2 or kind[0] not in LANGUAGES:
        return Voice(name, name, (LANGUAGES["a"],))
    return Voice(name, called.replace("_", " ").title() or name, (LANGUAGES[kind[0]],), GENDERS.get(kind[1]))


def find_mix(listed: Mapping[str, Voice], wanted: str) -> Voice | None:
    """The voice that a mix of `listed` ones is, None when `wanted` is no such mix. It has the language of its first part."""
    parts = parse_mix(wanted)
    if parts is None or not {part.name for part in parts} <= set(listed):
        return None
    voices = [listed[part.name] for part in parts]
    genders = {voice.gender for voice in voices}
    name = " + ".join(dict.fromkeys(voice.name for voice in voices))
    return Voice(written(parts), name, voices[0].languages, genders.pop() if len(genders) == 1 else None)


class Styles:
    """The arrays of an archive, in memory: for each voice one row of style per number of phonemes."""

    def __init__(self, archive: Path) -> None:
        """Read `archive`. Raises ModelLoadFailed."""
        try:
            with np.load(archive) as file:
                self._arrays = {name: np.asarray(file[name], dtype=np.float32) for name in file.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise ModelLoadFailed(f"The voices in {archive} cannot be read: {error}") from error

    def of(self, wanted: str) -> tuple[NDArray[np.float32], str]:
        """The rows, shape (lengths, 1, width), and the language (BCP 47) of a voice or mix. Raises VoiceNotFound."""
        parts = (Part(wanted, 1.0),) if wanted in self._arrays else parse_mix(wanted)
        if not parts or any(part.name not in self._arrays for part in parts):
            raise VoiceNotFound(f"There is no voice '{wanted}' in this model.", param="voice")
        total = sum(part.weight for part in parts)
        mixed = sum((part.weight / total * self._arrays[part.name] for part in parts), np.float32(0))
        return np.asarray(mixed, dtype=np.float32), describe(parts[0].name).languages[0]
