"""A voice on disk: NAME.onnx and NAME.onnx.json."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voxhelm.domain.errors import ModelLoadFailed

DEEPEST_FOLDERS: Final = 4
# `bg_BG-dimitar-medium`: the language is in the name, too.
LANGUAGE_IN_NAME: Final = re.compile(r"([a-z]{2,3})_([A-Z]{2}|\d{3})(?=-)")


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """What the description of a voice says.

    path: of the network.
    languages: BCP 47 tags in lower case, the best first.
    speakers: ids by name; empty for a voice with one speaker.
    noise, length, duration_noise: the scales that the voice was trained to be used with.
    raw: the whole description.
    """

    path: Path
    languages: tuple[str, ...]
    speakers: Mapping[str, int]
    default_speaker: int
    rate_hz: int
    frame_samples: int
    noise: float
    length: float
    duration_noise: float
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the voice is called: the file's name without its suffix."""
        return self.path.stem


def find_voice_files(folder: Path) -> Iterator[Path]:
    """The networks with a description of Piper's beside them, the least deep first."""
    depths = (folder.glob("/".join(["*"] * depth) + "/*.onnx" if depth else "*.onnx") for depth in range(DEEPEST_FOLDERS + 1))
    for path in (path for found in depths for path in sorted(found)):
        if description_of(path).is_file() and _is_pipers(path):
            yield path


def description_of(path: Path) -> Path:
    """Where the description of a network is."""
    return path.with_name(path.name + ".json")


def languages_of(path: Path) -> tuple[str, ...]:
    """The languages of a voice, or what its name tells of them when the description cannot be read."""
    try:
        return read_voice_file(path).languages
    except ModelLoadFailed:
        named = LANGUAGE_IN_NAME.match(path.name)
        return _tags(f"{named[1]}_{named[2]}") if named else ()


def read_voice_file(path: Path) -> VoiceFile:
    """Read the description of the network at `path`. Raises ModelLoadFailed."""
    description = description_of(path)
    try:
        raw = json.loads(description.read_text(encoding="utf-8"))
        inference = raw.get("inference", {})
        speakers = raw.get("speaker_id_map") or {}
        count = int(raw["num_speakers"])
        if count > 1 and not speakers:
            speakers = {str(number): number for number in range(count)}
        return VoiceFile(
            path=path,
            languages=_languages(raw, path),
            speakers={str(name): int(number) for name, number in speakers.items()} if count > 1 else {},
            default_speaker=int(raw.get("default_speaker_id", 0)),
            rate_hz=int(raw["audio"]["sample_rate"]),
            frame_samples=int(raw.get("hop_length", 256)),
            noise=float(inference.get("noise_scale", 0.667)),
            length=float(inference.get("length_scale", 1.0)),
            duration_noise=float(inference.get("noise_w", 0.8)),
            raw=raw,
        )
    except OSError as error:
        raise ModelLoadFailed(f"{description} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelLoadFailed(f"{description} does not describe a Piper voice: {type(error).__name__}: {error}.") from error


def _is_pipers(path: Path) -> bool:
    """A description that is damaged is taken for Piper's when the name is like one: loading the voice then tells what is wrong."""
    try:
        raw = json.loads(description_of(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return LANGUAGE_IN_NAME.match(path.name) is not None
    return isinstance(raw, dict) and "phoneme_id_map" in raw and "audio" in raw and bool(languages_of(path))


def _languages(raw: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    code = raw.get("language", {}).get("code")
    named = LANGUAGE_IN_NAME.match(path.name)
    if code is None:
        code = f"{named[1]}_{named[2]}" if named else raw["espeak"]["voice"]
    return _tags(code)


def _tags(code: str) -> tuple[str, ...]:
    tag = code.lower().replace("_", "-")
    return tuple(dict.fromkeys((tag, tag.partition("-")[0])))
