"""From openedai-speech: `config/voice_to_speaker.yaml`, the folder `voices/`, and its environment."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from voxhelm.catalog.aliases import AUTO, VOICE_NAMES
from voxhelm.catalog.piper_stem import PiperStem
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.carried import Carried, LeftBehind, Values, without_nothing
from voxhelm.dropin.foreign import Foreign

SERVER: Final = "openedai-speech"
CONFIG: Final = Path("config", "voice_to_speaker.yaml")
REPLACEMENTS: Final = Path("config", "pre_process_map.yaml")
VOICES: Final = Path("voices")
LOG_LEVEL: Final = "OPENEDAI_LOG_LEVEL"
EXTRA_ARGUMENTS: Final = "EXTRA_ARGS"
PIPER_MODEL: Final = "tts-1"
XTTS_MODEL: Final = "tts-1-hd"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - where it listens unless it is told otherwise
PORT: Final = 8000
# What an entry may hold beside languages.
_OWN_KEYS: Final = frozenset({"model", "speaker", "language", "speed", "comment"})
_FLAGS: Final = {
    "-L": "log-level", "--log-level": "log-level", "-P": "port", "--port": "port", "-H": "host", "--host": "host",
    "--default-language": "language",
}  # fmt: skip

# The speakers of a voice's file by their numbers; none for a voice of one.
Speakers = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class OpenedaiFacts:
    """What is on the disk.

    root: its working directory. voices: every voice of Piper in the folder `voices`, by the name of its file without suffix, both of
    whose files are there. cloned: names of recordings for XTTS. replaces: whether there are replacements for texts.
    """

    root: Path
    voices: Mapping[str, Speakers]
    cloned: Sequence[str] = ()
    replaces: bool = False


def carry_over_openedai(document: object, environment: Mapping[str, str], facts: OpenedaiFacts, source: str) -> Carried:
    """document: what the file holds. source: what it is called, for errors and logs. Raises ConfigurationInvalid."""
    if not isinstance(document, Mapping):
        raise ConfigurationInvalid(f"{source} must be a mapping of models to voices.")
    reading = _Reading(facts, source)
    left = [*reading.left_behind(document), *_left_of_disk(facts)]
    logical: dict[str, Values] = {}
    for name, entry in Foreign(document, source).section(PIPER_MODEL).values.items():
        voice, complaints = reading.voice(str(name), entry)
        left += complaints
        if voice:
            logical[str(name)] = voice
    arguments = _arguments(environment)
    given = Foreign({"log-level": environment.get(LOG_LEVEL)} | arguments, "the environment")
    values = {
        "server": {"host": given.text("host") or EVERYWHERE, "port": given.port("port") or PORT},
        "log": {"level": given.level("log-level")},
        "models": {"directory": str(facts.root / VOICES)},
        "speech": {"default_language": given.text("language")},
        "voices": {"logical": logical},
    }
    return Carried(SERVER, source, without_nothing(values), tuple(left))


class _Reading:
    """Reads entries of `tts-1`, each a voice."""

    def __init__(self, facts: OpenedaiFacts, source: str) -> None:
        self._facts = facts
        self._source = source

    def left_behind(self, document: Mapping[Any, Any]) -> Iterator[LeftBehind]:
        """What is beside `tts-1`."""
        hd = document.get(XTTS_MODEL)
        if isinstance(hd, Mapping) and hd:
            yield LeftBehind(
                f"{XTTS_MODEL}: {', '.join(map(str, hd))}",
                f"these voices are made by XTTS, which Voxhelm does not have; {XTTS_MODEL} speaks with the voices of {PIPER_MODEL}",
                "for voices made of recordings, install Chatterbox: `voxhelm engines install chatterbox`",
            )
        others = [str(name) for name in document if name not in (PIPER_MODEL, XTTS_MODEL)]
        if others:
            yield LeftBehind(", ".join(others), f"openedai-speech itself knows no models but {PIPER_MODEL} and {XTTS_MODEL}")

    def voice(self, name: str, entry: object) -> tuple[Values, list[LeftBehind]]:
        """A logical voice as the settings have it, empty for one that needs no entry, and what it lost on the way."""
        if entry is not None and not isinstance(entry, Mapping):
            raise ConfigurationInvalid(f"{self._source}: {PIPER_MODEL}.{name} must be a mapping; it is {entry!r}.")
        if name == AUTO:
            return {}, []
        own: Mapping[Any, Any] = entry or {}
        where = f"{PIPER_MODEL}.{name}"
        left: list[LeftBehind] = []
        itself = self._choice(own, where, left)
        by_language: dict[str, Values] = {}
        for key, value in own.items():
            if key not in _OWN_KEYS and isinstance(value, Mapping):
                choice = self._choice({**own, **value}, f"{where}.{key}", left)
                if choice:
                    by_language[str(key)] = choice
        if own.get("speed") not in (None, 1, 1.0):
            left.append(LeftBehind(f"{where}.speed", "the speed is the request's to say", "send `speed` with the request"))
        language = str(own.get("language") or AUTO)
        if language in by_language:
            # Whose language is said is spoken with its voice, whatever the text is in.
            itself, by_language = by_language[language], {}
        if not itself and language == AUTO and not by_language and (name in VOICE_NAMES or left):
            return {}, left  # automatic without an entry, or not to be had
        automatic = {} if itself else {"language": language}
        return {**itself, **automatic, **({"by_language": by_language} if by_language else {})}, left

    def _choice(self, entry: Mapping[Any, Any], where: str, left: list[LeftBehind]) -> Values:
        """The model and its voice that `model` and `speaker` stand for; empty where the choice is left to the server."""
        model = entry.get("model")
        if model in (None, "", AUTO):
            return {}
        path = PurePath(str(model))
        stem = path.name.removesuffix(".onnx")
        inside = (self._facts.root / path).parent in (self._facts.root / VOICES, self._facts.root)
        if not inside or stem not in self._facts.voices:
            pull = f"`voxhelm pull piper:{stem}`" if PiperStem.parse(stem) is not None else f"put both files into {VOICES}/"
            left.append(
                LeftBehind(where, f"{stem}.onnx and {stem}.onnx.json are not both in {VOICES}/", f"{pull}, and start it again")
            )
            return {}
        speakers = self._facts.voices[stem]
        wanted = entry.get("speaker")
        if wanted in (None, "") or not speakers:
            return {"model": stem, "voice": stem}
        numbered = speakers.get(int(wanted)) if str(wanted).isdecimal() else None
        named = numbered if numbered is not None else str(wanted)
        if named not in speakers.values():
            left.append(LeftBehind(f"{where}.speaker", f"{stem} has no speaker {wanted}; its first one speaks"))
            return {"model": stem, "voice": stem}
        return {"model": stem, "voice": named}


def _left_of_disk(facts: OpenedaiFacts) -> Iterator[LeftBehind]:
    if facts.replaces:
        yield LeftBehind(str(REPLACEMENTS), "texts are not changed by regular expressions before they are spoken")
    if facts.cloned:
        yield LeftBehind(
            f"{VOICES}/: {', '.join(facts.cloned)}",
            "recordings were voices of XTTS, which Voxhelm does not have",
            "put them into `chatterbox/voices` in the models directory, for Chatterbox",
        )


def _arguments(environment: Mapping[str, str]) -> dict[str, str]:
    """The flags in `EXTRA_ARGS` that mean something here."""
    words = shlex.split(environment.get(EXTRA_ARGUMENTS, ""))
    found: dict[str, str] = {}
    for position, word in enumerate(words):
        flag, joined, value = word.partition("=")
        if flag in _FLAGS and (joined or position + 1 < len(words)):
            found[_FLAGS[flag]] = value if joined else words[position + 1]
    return found
