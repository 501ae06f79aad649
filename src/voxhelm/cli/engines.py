"""`voxhelm engines`: what can load models here, and installing what some of them need for themselves."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode

if TYPE_CHECKING:  # they bring what `--help` can do without
    from voxhelm.catalog.engines import FoundEngine
    from voxhelm.config import Settings

EPILOG: Final = """
[bold]Examples[/]
  voxhelm engines
  voxhelm engines install chatterbox
"""
INSTALL_EPILOG: Final = """
uv is used when there is one, else venv and pip; their own variables choose an index or a mirror. What is broken off is gone on with the
next time. A server that runs here knows of it when it is restarted, or has pulled a model.

[bold]Examples[/]
  voxhelm engines install chatterbox
  voxhelm engines install chatterbox --python /usr/bin/python3.11
  voxhelm engines install chatterbox --wheels /media/usb/wheels
"""
READY: Final = "ready"


@dataclass(frozen=True, slots=True)
class EnginesFlags:
    """What `engines` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    config: Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")] = None


@dataclass(frozen=True, slots=True)
class InstallFlags:
    """What `engines install` can be told."""

    name: Annotated[str, typer.Argument(metavar="NAME", help="An engine with an interpreter of its own.", show_default=False)]
    python: Annotated[
        Path | None, typer.Option("--python", metavar="PATH", help="Make it from this Python, else from one that suits.")
    ] = None
    wheels: Annotated[
        Path | None, typer.Option("--wheels", metavar="FOLDER", help="Take the packages from there, and ask no network.")
    ] = None
    config: Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")] = None


@dataclass(frozen=True, slots=True)
class ListedEngine:
    """An engine as it is listed. interpreter: None where it runs in ours. state: `ready`, or what is wrong. remedy: what mends it."""

    name: str
    capabilities: tuple[str, ...]
    licence: str
    interpreter: str | None
    state: str
    remedy: str | None


def engines(flags: EnginesFlags) -> None:
    """List the engines, and what they lack."""
    from voxhelm.cli.tables import print_json, print_table

    _, found = _found(flags.config)
    listed = [_listed(found[name]) for name in sorted(found)]
    if flags.json:
        print_json(listed)
    else:
        rows = [(one.name, " ".join(one.capabilities), one.licence, one.remedy or one.state) for one in listed]
        print_table(("ENGINE", "FOR", "LICENCE", "STATE"), rows)


def install(flags: InstallFlags) -> None:
    """Install what an engine needs that cannot live beside the packages of others: an interpreter of its own."""
    from voxhelm.catalog.near import did_you_mean
    from voxhelm.hosting.environment import EnvironmentFailed, Making, make_environment

    settings, found = _found(flags.config)
    able = {name: one for name, one in found.items() if one.interpreter is not None}
    engine = able.get(flags.name)
    if engine is None or engine.interpreter is None:
        what = "needs no interpreter of its own" if flags.name in found else f"is no engine.{did_you_mean(flags.name, able)}"
        raise CommandFailed(f"'{flags.name}' {what}".rstrip(".") + f". Those that do: {', '.join(able)}.", ExitCode.WRONG_USAGE)
    if settings.models.offline and flags.wheels is None:
        raise CommandFailed(
            "models.offline is set: bring the packages in a folder, and name it with --wheels.", ExitCode.WRONG_USAGE
        )
    making = Making(flags.python, flags.wheels)
    try:
        make_environment(engine.engine, engine.interpreter, making, _on_stderr)
    except EnvironmentFailed as error:
        raise CommandFailed(error.message) from error
    print(f"{flags.name} installed ({engine.interpreter.folder})")


def _found(config: Path | None) -> "tuple[Settings, dict[str, FoundEngine]]":
    from voxhelm.catalog.engines import find_engines
    from voxhelm.config import load_settings

    settings = load_settings(config, os.environ)
    return settings, dict(find_engines(settings.models.extra_engines, settings.models.interpreters).working)


def _listed(found: "FoundEngine") -> ListedEngine:
    engine = found.engine
    wrong = next((finding for finding in found.diagnose() if not finding.ok), None)
    interpreter = str(found.interpreter.python) if found.interpreter is not None else None
    kinds = tuple(kind.value for kind in engine.capabilities.kinds)
    state, remedy = (READY, None) if wrong is None else (wrong.detail, wrong.remedy)
    return ListedEngine(engine.name, kinds, engine.licence, interpreter, state, remedy)


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
