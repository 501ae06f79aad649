"""`voxhelm keys`: who may use the server."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode

if TYPE_CHECKING:
    from voxhelm.identity.key import Key

EPILOG: Final = """
From the first key on, the server asks everybody for one, on this machine too. A server that runs without keys has to be restarted for
that; afterwards it notices by itself what changes.

[bold]Examples[/]
  voxhelm keys create open-webui
  voxhelm keys create laptop --scope admin --expires 90d
  voxhelm keys list
  voxhelm keys revoke laptop
"""
CREATE_EPILOG: Final = """
The key is printed once, on stdout, and kept nowhere: the file holds a hash of it. Clients send it as `Authorization: Bearer KEY`; the
commands take it from VOXHELM_API_KEY.

[bold]Examples[/]
  voxhelm keys create open-webui
  voxhelm keys create ci --scope speech --scope models --expires 12h
"""
LIST_EPILOG: Final = """
[bold]Examples[/]
  voxhelm keys list
  voxhelm keys list --json
"""
REVOKE_EPILOG: Final = """
A server that runs refuses the key a second later. When the last one has gone, it lets nobody in until there is another; remove the file
and restart the server to open it to everybody.

[bold]Examples[/]
  voxhelm keys revoke laptop
"""
SPAN: Final = re.compile(r"(\d{1,6})([dhm])")
UNIT_SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60}

ConfigFlag = Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")]
FileFlag = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="The file with the keys, else the first of identity.key_files.")
]


@dataclass(frozen=True, slots=True)
class CreateFlags:
    """What `keys create` can be told."""

    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for: an application, a person.", show_default=False)]
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE", help="What it allows; may be given several times.", show_default="speech, transcription, realtime"
        ),
    ] = None
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="How long it is good for: 90d, 12h, 30m.", show_default="for ever")
    ] = None
    file: FileFlag = None
    config: ConfigFlag = None


@dataclass(frozen=True, slots=True)
class ListFlags:
    """What `keys list` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    file: FileFlag = None
    config: ConfigFlag = None


@dataclass(frozen=True, slots=True)
class RevokeFlags:
    """What `keys revoke` can be told."""

    name: Annotated[str, typer.Argument(metavar="NAME", help="The key that is no longer to be taken.", show_default=False)]
    file: FileFlag = None
    config: ConfigFlag = None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as it is listed. Times are ISO 8601, in UTC; None where there is none."""

    name: str
    scopes: tuple[str, ...]
    created: str | None
    expires: str | None
    file: str


def create(flags: CreateFlags) -> None:
    """Make a key and print it, once."""
    from voxhelm.cli.terminal import note_on_stderr
    from voxhelm.identity.key import Key, digest_of, new_secret
    from voxhelm.identity.key_store import add_key
    from voxhelm.identity.scope import EVERYDAY, Scope

    known = [scope.value for scope in Scope]
    unknown = [name for name in flags.scope or () if name not in known]
    if unknown:
        raise CommandFailed(f"There is no scope {', '.join(unknown)}; there are: {', '.join(known)}.", ExitCode.WRONG_USAGE)
    scopes = frozenset(Scope(name) for name in flags.scope) if flags.scope else frozenset(EVERYDAY)
    now_seconds = time.time()
    expires_seconds = now_seconds + _span_seconds(flags.expires) if flags.expires is not None else None
    secret = new_secret()
    path = _files(flags.file, flags.config)[0]
    add_key(path, Key(flags.name, digest_of(secret), scopes, now_seconds, expires_seconds))
    print(secret)
    note_on_stderr(f"This is the only time it is shown. {path} keeps a hash of it.")


def list_keys(flags: ListFlags) -> None:
    """List the keys: names, scopes and times, never the keys themselves."""
    from voxhelm.cli.tables import print_json, print_table

    listed = [_listed(key, path) for path, key in _keys(flags)]
    if flags.json:
        print_json(listed)
    else:
        rows = [(one.name, " ".join(one.scopes), one.created or "", one.expires or "never") for one in listed]
        print_table(("KEY", "SCOPES", "CREATED", "EXPIRES"), rows)


def revoke(flags: RevokeFlags) -> None:
    """Take a key away."""
    from voxhelm.identity.key_store import remove_key

    files = _files(flags.file, flags.config)
    holders = [path for path, key in _keys(ListFlags(file=flags.file, config=flags.config)) if key.name == flags.name]
    remove_key(holders[0] if holders else files[0], flags.name)
    print(f"{flags.name} revoked")


def _keys(flags: ListFlags) -> "list[tuple[Path, Key]]":
    from voxhelm.identity.key_file import read_keys

    return [(path, key) for path in _files(flags.file, flags.config) if path.is_file() for key in read_keys(path)]


def _files(file: Path | None, config: Path | None) -> tuple[Path, ...]:
    if file is not None:
        return (file,)

    from voxhelm.config import load_settings

    files = load_settings(config, os.environ).identity.key_files
    if not files:
        raise CommandFailed("identity.key_files names no file: name one there, or with --file.", ExitCode.WRONG_USAGE)
    return files


def _listed(key: "Key", path: Path) -> ListedKey:
    from voxhelm.identity.key import scope_names
    from voxhelm.identity.key_file import entry_of

    entry = entry_of(key)
    return ListedKey(key.name, tuple(scope_names(key.scopes)), entry.get("created"), entry.get("expires"), str(path))


def _span_seconds(text: str) -> float:
    match = SPAN.fullmatch(text)
    if match is None:
        raise CommandFailed(f"'{text}' is no time: write 90d, 12h or 30m.", ExitCode.WRONG_USAGE)
    return int(match[1]) * UNIT_SECONDS[match[2]]
