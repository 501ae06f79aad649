"""What a scripted assistant says to what, from a file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from voxhelm.domain.errors import ConfigurationInvalid

NO_RULE: Final = "I have nothing to say to that."


@dataclass(frozen=True, slots=True)
class ScriptedCall:
    """A tool that is called. In its arguments `{name}` stands for a group of the rule's pattern, `{heard}` for all that was heard."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is answered, and when.

    when: found anywhere in the caller's last words; None for any. after_tool: only on what this tool gave.
    language: only for words of this language, ISO 639-1, where it is known.
    say: as in ScriptedCall, and `{output}` for what the tool gave. call: after it.
    delay_seconds: before the first word. word_seconds: between words. failure: then it fails, with these words.
    """

    when: re.Pattern[str] | None = None
    after_tool: str | None = None
    language: str | None = None
    say: str = ""
    call: ScriptedCall | None = None
    delay_seconds: float = 0.0
    word_seconds: float = 0.0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """The first rule that fits counts. otherwise: what is said where none does."""

    rules: tuple[Rule, ...] = ()
    otherwise: str = NO_RULE


class _Call(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    arguments: dict[str, Any] = {}


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    when: str | None = None
    after_tool: str | None = None
    language: str | None = None
    say: str = ""
    call: _Call | None = None
    delay_seconds: float = 0.0
    word_seconds: float = 0.0
    failure: str | None = None


class _Script(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[_Rule] = []
    otherwise: str = NO_RULE


def read_script(path: Path) -> Script:
    """The script in a YAML or JSON file. Raises ConfigurationInvalid naming what is wrong."""
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")) or {}, _Script)
        return Script(tuple(_rule(rule) for rule in found.rules), found.otherwise)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"The script {path} cannot be read: {error}.") from error
    except (yaml.YAMLError, msgspec.ValidationError, re.error) as error:
        raise ConfigurationInvalid(f"The script {path} is not right: {error}.") from error


def _rule(found: _Rule) -> Rule:
    return Rule(
        re.compile(found.when, re.IGNORECASE) if found.when is not None else None,
        found.after_tool,
        found.language,
        found.say,
        ScriptedCall(found.call.name, found.call.arguments) if found.call is not None else None,
        found.delay_seconds,
        found.word_seconds,
        found.failure,
    )
