"""Writes what the documentation says of each setting, from the settings themselves.

`python -m scripts.settings_reference` renews docs/reference/settings.md and docs/reference/voxhelm.example.yaml;
tests/test_docs.py fails when they are not what this would write.
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel

from voxhelm.config import PREFIX, LogicalVoiceSettings, Settings

REFERENCE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference"
PAGE: Final = REFERENCE / "settings.md"
EXAMPLE: Final = REFERENCE / "voxhelm.example.yaml"
BEGIN: Final = "<!-- settings: written by python -m scripts.settings_reference -->"
END: Final = "<!-- /settings -->"
COMMENT_COLUMNS: Final = 100
END_OF_SCALAR: Final = "...\n"  # what PyYAML writes after a value that stands alone

# What a name's last part says of its value; other values have no unit.
UNITS: Final = {"seconds": "seconds", "bytes": "bytes, or a size such as `512MiB`", "characters": "characters"}
KINDS: Final = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "array": "list",
    "object": "mapping",
}
LIMITS: Final = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to"}
# Defaults that depend on the machine, as the page puts them.
DEFAULTS_IN_WORDS: Final = {
    "models.directory": "`voxhelm/models` in the user's data directory (on Linux `~/.local/share`)",
    "voices.cloned_directory": "`voxhelm/voices` in the user's data directory (on Linux `~/.local/share`)",
    "realtime.hand_over_directory": "`voxhelm/sessions` in the user's state directory (on Linux `~/.local/state`)",
    "cache.directory": "`voxhelm/narrations` in the user's cache directory (on Linux `~/.cache`)",
    "identity.key_files": "`voxhelm/keys.yaml` in the user's configuration directory (on Linux `~/.config`), when it is there",
}
# Lines of the example that are not a default: for settings whose default shows nothing of their shape. They stand commented out.
INSTANCES: Final[dict[str, Any]] = {
    "identity.key_files": ["/run/secrets/voxhelm-keys"],
    "models.directory": "/srv/voxhelm/models",
    "cache.directory": "/var/cache/voxhelm",
    "voices.cloned_directory": "/srv/voxhelm/voices",
    "models.preload": ["espeak-ng", "pocketsphinx-en-us", "silero-vad"],
    "server.ready_paths": ["/health"],
    "server.allow_origins": ["https://chat.example"],
    "server.allow_hosts": ["voice.example.org"],
    "identity.key_variables": ["API_KEY"],
    "models.time_to_live_seconds_by_engine": {"piper": -1},
    "models.settings_by_engine": {"faster-whisper": {"compute_type": "int8"}},
    "drop_in.directory": "/app",
    "models.settings_by_model": {"chatterbox": {"dtype": "float16", "seed": 7}},
    "models.interpreters": {"chatterbox": "/opt/chatterbox/bin/python"},
    "models.device_by_model": {"piper-bg": "cpu", "whisper-small": "cuda:1"},
    "models.time_to_live_seconds_by_model": {"pocketsphinx-en-us": 60},
    "models.hub_token_file": "/run/secrets/hub-token",
    "models.trusted_keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA... operator@home"],
    "models.aliases": {"my-tts": "espeak-ng"},
    "models.extra_engines": ["my_package.my_engine:ENGINE"],
    "quality.word_error_limit_by_voice": {"espeak-ng/en-us": 0.9},
    "realtime.sessions_per_key": 4,
    "realtime.script_file": "/etc/voxhelm/script.yaml",
    "realtime.hand_over_directory": "/srv/voxhelm/sessions",
    "realtime.udp_ports": "40000-40100",
    "realtime.listen_on": ["eth0"],
    "realtime.announced_addresses": ["203.0.113.7"],
    "realtime.stun_urls": ["stun:turn.example:3478"],
    "realtime.turn_urls": ["turn:turn.example:3478?transport=udp"],
    "realtime.turn_secret_file": "/run/secrets/turn",
    "routes.speech": {"bg": ["piper:bg_BG-dimitar-medium", "espeak-ng"], "*": ["kokoro", "espeak-ng"]},
    "routes.transcription": {"*": ["whisper-small", "pocketsphinx-en-us"]},
    "voices.openai": {"nova": "en", "onyx": "espeak-ng/en-gb"},
}
OPENING: Final = """\
# Every setting of Voxhelm with its default: `voxhelm serve --config` this file, and nothing is other than without it.
# A line that begins with # and no space is an example of another value for the setting above it.
# docs/reference/settings.md says the same in tables.
"""


def main() -> None:
    """Renew both files."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    EXAMPLE.write_text(example(), encoding="utf-8")


def page(text: str) -> str:
    """The page `text` with its tables renewed; what is outside the two marks stays as it is."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_tables()}\n{END}{after}"


def example() -> str:
    """A configuration file that names every setting."""
    sections = [_example_section(name, model) for name, model in _sections()]
    return "\n".join([OPENING, *sections])


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)  # noqa: S101 - sections are models
        yield name, field.annotation


def _tables() -> str:
    parts = []
    for section, model in _sections():
        parts += [f"### `{section}`", "", (model.__doc__ or "").strip(), "", _HEAD]
        for key, field in model.model_fields.items():
            name = f"{section}.{key}"
            variable = PREFIX + name.replace(".", "__").upper()
            row = (f"`{name}`", _type(section, key), _default(name), f"{field.description}<br>`{variable}`")
            parts.append("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |")
        parts.append("")
    parts += ["### A logical voice", "", "The value of each name in `voices.logical`:", "", "| key | meaning |", "|---|---|"]
    parts += [f"| `{key}` | {field.description} |" for key, field in LogicalVoiceSettings.model_fields.items()]
    return "\n".join([*parts, ""])


def _schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of every setting, by section and key, references resolved."""
    schema = Settings.model_json_schema()
    found = {}

    def resolved(one: dict[str, Any]) -> dict[str, Any]:
        # What may be left out is what it is when it is there.
        one = next((other for other in one.get("anyOf", ()) if other.get("type") != "null"), one)
        return schema["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one

    for section, reference in schema["properties"].items():
        properties = schema["$defs"][reference["$ref"].rpartition("/")[2]]["properties"]
        found[section] = {key: resolved(one) for key, one in properties.items()}
    return found


_SCHEMA: Final = _schemas()
_HEAD: Final = "| setting | value | default | meaning, reason and environment variable |\n|---|---|---|---|"


def _type(section: str, key: str) -> str:
    """What a value may be: its unit or kind, and its limits."""
    schema = _SCHEMA[section][key]
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    unit = next((unit for word, unit in UNITS.items() if f"_{word}_" in f"_{key}_" and schema.get("type") != "object"), None)
    limits = [f"{words} {schema[bound]:g}" for bound, words in LIMITS.items() if bound in schema]
    return ", ".join(part for part in (unit or KINDS[schema["type"]], " ".join(limits)) if part)


def _default(name: str) -> str:
    if name in DEFAULTS_IN_WORDS:
        return DEFAULTS_IN_WORDS[name]
    value = _plain(name)
    if value is None:
        return "none"
    return f"`{json.dumps(value, ensure_ascii=False)}`" if not isinstance(value, str) else f"`{value}`"


def _plain(name: str) -> Any:
    """The default of a setting, as YAML and JSON have it, without what is None."""
    section, key = name.split(".")
    model: Any = Settings.model_fields[section].annotation
    value = model().model_dump(mode="json", exclude_none=True).get(key)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _example_section(section: str, model: type[BaseModel]) -> str:
    lines = [f"# {(model.__doc__ or '').strip()}", f"{section}:"]
    for key, field in model.model_fields.items():
        name = f"{section}.{key}"
        lines += [f"  # {line}" for line in _wrapped(field.description or "")]
        if name not in DEFAULTS_IN_WORDS:
            lines += _yaml(key, _plain(name), "  ")
        if name in INSTANCES:
            lines += _yaml(key, INSTANCES[name], "  #")
    return "\n".join([*lines, ""])


def _yaml(key: str, value: Any, indent: str) -> Iterator[str]:
    # What stands commented out is one line, so that it is one line to bring to life.
    nested = not indent.endswith("#") and isinstance(value, dict) and any(isinstance(one, dict) for one in value.values())
    shown = {key: value} if nested else value
    text = yaml.safe_dump(
        shown, sort_keys=False, allow_unicode=True, default_flow_style=None if nested else True, width=COMMENT_COLUMNS
    )
    for line in (text if nested else f"{key}: {text.removesuffix(END_OF_SCALAR)}").splitlines():
        yield indent + line


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, COMMENT_COLUMNS)


if __name__ == "__main__":
    main()
