"""`voxhelm cache`: the narrations that are kept so that they need not be made again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed

if TYPE_CHECKING:
    from voxhelm.config import Settings
    from voxhelm.store.results import Results

EPILOG: Final = """
It works on the files, whether a server runs or not. How much is kept is a setting, cache.limit_bytes; 0 keeps nothing.

[bold]Examples[/]
  voxhelm cache
  voxhelm cache clear
"""
CLEAR_EPILOG: Final = """
What is being sent from there at the moment is sent to its end.

[bold]Examples[/]
  voxhelm cache clear
"""

ConfigFlag = Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")]


@dataclass(frozen=True, slots=True)
class CacheFlags:
    """What `cache` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    config: ConfigFlag = None


@dataclass(frozen=True, slots=True)
class ClearFlags:
    """What `cache clear` can be told."""

    config: ConfigFlag = None


@dataclass(frozen=True, slots=True)
class CacheState:
    """What there is."""

    directory: str
    narrations: int
    size_bytes: int
    limit_bytes: int


def cache(flags: CacheFlags) -> None:
    """Show how many narrations are kept, and where."""
    from voxhelm.cli.tables import print_json, print_table
    from voxhelm.cli.terminal import bytes_text

    with _opened(flags.config) as (settings, results):
        usage = results.usage()
    state = CacheState(str(settings.cache.directory), usage.results, usage.size_bytes, settings.cache.limit_bytes)
    if flags.json:
        print_json([state])
    else:
        row = (str(state.narrations), bytes_text(state.size_bytes), bytes_text(state.limit_bytes), state.directory)
        print_table(("NARRATIONS", "SIZE", "LIMIT", "WHERE"), [row])


def clear(flags: ClearFlags) -> None:
    """Remove all of them."""
    with _opened(flags.config) as (_, results):
        removed = results.clear() if results.usage().results else 0
    print(f"{removed} removed")


@contextmanager
def _opened(config: Path | None) -> "Iterator[tuple[Settings, Results]]":
    from voxhelm.config import load_settings
    from voxhelm.kit.clock import SystemClock
    from voxhelm.store.results import Results, ResultsUnavailable

    settings = load_settings(config, os.environ)
    results = Results(settings.cache.directory, settings.cache.limit_bytes, SystemClock().unix_seconds)
    try:
        yield settings, results
    except ResultsUnavailable as error:
        raise CommandFailed(f"{settings.cache.directory} cannot be used: {error}.") from error
    finally:
        results.close()
