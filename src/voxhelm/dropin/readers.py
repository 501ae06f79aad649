"""Finding and reading what other servers were configured with, where they have it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin import chatterbox, openedai, speaches
from voxhelm.dropin.carried import Carried
from voxhelm.dropin.hub_cache import hub_cache, usual_hub_cache

SERVERS: Final = (openedai.SERVER, chatterbox.SERVER, speaches.SERVER)
ENVIRONMENT: Final = "the environment"
# The home directory in the image of Speaches, where a cache may be mounted.
SPEACHES_HOME: Final = Path("/home/ubuntu")
_VARIABLE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
# Files of Chatterbox's English model and of its multilingual one, which come from one repository of the hub.
_ENGLISH_FILE: Final = "t3_cfg.safetensors"
_MULTILINGUAL_FILE: Final = "t3_mtl23ls_v2.safetensors"
_REPOSITORY: Final = "models--ResembleAI--chatterbox"


def find_foreign(root: Path, environment: Mapping[str, str]) -> tuple[Carried, ...]:
    """What is found of other servers, each recognised by its files' places and shapes, or by variables that only it has.

    root: what would be the working directory of the other server. Raises ConfigurationInvalid for what is theirs and cannot be read.
    """
    return tuple(_found(root, environment))


def read_foreign(server: str, path: Path | None, environment: Mapping[str, str]) -> Carried:
    """What one server is configured with.

    path: its file, or its working directory; for Speaches a file of variables; None for the environment alone.
    Raises ConfigurationInvalid.
    """
    if server == speaches.SERVER:
        return _speaches(environment if path is None else read_variables(path), ENVIRONMENT if path is None else str(path))
    config = {openedai.SERVER: openedai.CONFIG, chatterbox.SERVER: chatterbox.CONFIG}[server]
    path = path or Path()
    # The file of openedai-speech is in a folder of its own, below its working directory.
    root = path.parents[len(config.parts) - 1] if path.is_file() else path
    return _read(server, path if path.is_file() else root / config, root, environment)


def read_variables(path: Path) -> Mapping[str, str]:
    """A file of lines `NAME=value`, as `docker --env-file` reads it. Raises ConfigurationInvalid."""
    found: dict[str, str] = {}
    for number, line in enumerate(_text(path).splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _VARIABLE.fullmatch(text)
        if match is None:
            # What stands there may be part of a secret.
            raise ConfigurationInvalid(f"{path}, line {number}, is not of the form NAME=value.")
        value = match[2].strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        found[match[1]] = value[1:-1] if quoted else value
    return found


def _found(root: Path, environment: Mapping[str, str]) -> Iterator[Carried]:
    if (root / openedai.CONFIG).is_file():
        yield _read(openedai.SERVER, root / openedai.CONFIG, root, environment)
    elif openedai.LOG_LEVEL in environment and (root / openedai.VOICES).is_dir():
        # It would have written its file itself; what is said in its environment is meant all the same.
        yield openedai.carry_over_openedai({}, environment, _openedai_facts(root), ENVIRONMENT)
    if (root / chatterbox.CONFIG).is_file() and _is_chatterbox(root / chatterbox.CONFIG):
        yield _read(chatterbox.SERVER, root / chatterbox.CONFIG, root, environment)
    if speaches.is_speaches(environment):
        yield _speaches(environment, ENVIRONMENT)


def _read(server: str, path: Path, root: Path, environment: Mapping[str, str]) -> Carried:
    document, root = _document(path), root.absolute()
    if server == openedai.SERVER:
        return openedai.carry_over_openedai(document, environment, _openedai_facts(root), str(path))
    if not isinstance(document, Mapping) or not chatterbox.is_chatterbox(document):
        raise ConfigurationInvalid(f"{path} is not a configuration of {chatterbox.SERVER}: it has no section tts_engine.")
    return chatterbox.carry_over_chatterbox(document, environment, _chatterbox_facts(root, document, environment), str(path))


def _speaches(environment: Mapping[str, str], source: str) -> Carried:
    homes = (Path(environment["HOME"]) if environment.get("HOME") else None, SPEACHES_HOME)
    caches = (usual_hub_cache(home) for home in homes if home is not None)
    facts = speaches.SpeachesFacts(next((cache for cache in caches if cache.is_dir()), None))
    return speaches.carry_over_speaches(environment, facts, source)


def _is_chatterbox(path: Path) -> bool:
    try:
        return chatterbox.is_chatterbox(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False  # many programs have a file of this name, and what cannot be read is nobody's for certain


def _openedai_facts(root: Path) -> openedai.OpenedaiFacts:
    folder = root / openedai.VOICES
    voices = {
        path.stem: _speakers(path.with_name(f"{path.name}.json"))
        for path in sorted(folder.glob("*.onnx"))
        if path.with_name(f"{path.name}.json").is_file()
    }
    cloned = tuple(path.name for path in sorted(folder.glob("*.wav")))
    replacements = root / openedai.REPLACEMENTS
    return openedai.OpenedaiFacts(root, voices, cloned, replacements.is_file() and bool(_document(replacements)))


def _speakers(description: Path) -> Mapping[int, str]:
    """The speakers of a voice by number; none for one speaker, or where the description cannot be read, which loading it will tell."""
    try:
        content = json.loads(description.read_text(encoding="utf-8"))
        count = int(content["num_speakers"])
        named = content.get("speaker_id_map") or {str(number): number for number in range(count)}
        return {int(number): str(name) for name, number in named.items()} if count > 1 else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _chatterbox_facts(root: Path, document: Mapping[str, object], environment: Mapping[str, str]) -> chatterbox.ChatterboxFacts:
    paths = document.get("paths")
    named = paths.get("model_cache") if isinstance(paths, Mapping) else None
    folder = root / str(named or "model_cache")
    cache = hub_cache(environment)
    snapshots = tuple(((root / cache if cache is not None else folder) / _REPOSITORY / "snapshots").glob("*"))
    # A copy of a repository is called like it, whatever of it is there.
    lone = [one for one in snapshots if (one / _MULTILINGUAL_FILE).is_file() and not (one / _ENGLISH_FILE).is_file()]
    cached_as = {"chatterbox-multilingual": "chatterbox"} if lone and len(lone) == len(snapshots) else {}
    return chatterbox.ChatterboxFacts(root, folder.is_dir(), cached_as)


def _document(path: Path) -> object:
    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise ConfigurationInvalid(f"{path} is not valid YAML: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationInvalid(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise ConfigurationInvalid(f"{path} cannot be read: {error.strerror}.") from error
