"""`voxhelm import`: the configuration of another speech server as a voxhelm.yaml."""

import os
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.files import whole_file
from voxhelm.cli.terminal import note_on_stderr, say_on_stderr

if TYPE_CHECKING:  # it brings what `--help` can do without
    from voxhelm.dropin.carried import Carried, LeftBehind

EPILOG: Final = """
[bold]Examples[/]
  voxhelm import openedai-speech /srv/openedai-speech -o voxhelm.yaml
  voxhelm import chatterbox-tts-server ./config.yaml
  voxhelm import speaches speaches.env
  voxhelm import speaches --environment

PATH is the other server's working directory or its file; for Speaches a file of lines NAME=value. What cannot be carried over is told
on stderr and written into the file as comments. `voxhelm serve` needs none of this where it finds that configuration in its place.
"""
COMMENT_COLUMNS: Final = 116


@dataclass(frozen=True, slots=True)
class ImportFlags:
    """What `import` can be told."""

    server: Annotated[
        Literal["openedai-speech", "chatterbox-tts-server", "speaches"],
        typer.Argument(metavar="SERVER", help="openedai-speech, chatterbox-tts-server or speaches.", show_default=False),
    ]
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[PATH]", help="Its directory or its file, else the current directory.", show_default=False),
    ] = None
    environment: Annotated[
        bool, typer.Option("--environment", help="Read the variables of this environment too; for Speaches, instead of a file.")
    ] = False
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, else on stdout.")] = None
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False


def import_(flags: ImportFlags) -> None:
    """Turn the configuration of another speech server into a voxhelm.yaml."""
    from voxhelm.dropin.readers import read_foreign

    if flags.server == "speaches" and (flags.path is None) != flags.environment:
        raise CommandFailed("Speaches is configured by variables: name a file of them, or --environment.", ExitCode.WRONG_USAGE)
    if flags.output is not None and flags.output.exists() and not flags.force:
        raise CommandFailed(f"{flags.output} is there already. --force replaces it.", ExitCode.WRONG_USAGE)
    carried = read_foreign(flags.server, flags.path, os.environ if flags.environment else {})
    text = _as_yaml(carried)
    for one in carried.left_behind:
        say_on_stderr(_sentence(one), label="Not carried over")
    if flags.output is None:
        print(text, end="")
        return
    with whole_file(flags.output) as file:
        file.write(text.encode())
    note_on_stderr(f"{flags.output} has {len(carried.settings)} settings of {carried.server}.")


def _as_yaml(carried: "Carried") -> str:
    """A file that loads, and is the only one that counts from then on. Raises ConfigurationInvalid."""
    import yaml

    from voxhelm.config import settings_of

    values = {**carried.values, "drop_in": {"enabled": False}}
    settings_of(values)
    body = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return "\n".join([*_comments(carried), body])


def _comments(carried: "Carried") -> Iterator[str]:
    yield from _wrapped(f"Carried over from {carried.source} of {carried.server} by `voxhelm import`.")
    if carried.left_behind:
        yield "# Not carried over:"
        for one in carried.left_behind:
            yield from _wrapped(f"- {_sentence(one)}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, COMMENT_COLUMNS, initial_indent="# ", subsequent_indent="#   ", break_long_words=False)


def _sentence(one: "LeftBehind") -> str:
    return f"{one.what}: {one.why}" + (f"; {one.instead}." if one.instead is not None else ".")
