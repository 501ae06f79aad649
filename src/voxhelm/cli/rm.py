"""`voxhelm rm`: removing models that were pulled."""

from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from voxhelm.cli.failure import ExitCode, message_of
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach_installer
from voxhelm.cli.terminal import say_on_stderr
from voxhelm.domain.errors import VoxhelmError

EPILOG: Final = """
[bold]Examples[/]
  voxhelm rm whisper-small
  voxhelm rm bg_BG-dimitar-medium faster-whisper-tiny
"""


@dataclass(frozen=True, slots=True)
class RmFlags:
    """What `rm` can be told."""

    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Ids, or the names they were pulled by.", show_default=False)
    ]
    where: Where = field(default_factory=Where)


def rm(flags: RmFlags) -> None:
    """Remove models that were pulled. A server that runs here unloads them first, and refuses while requests use them."""
    if not run(_rm(flags)):
        raise typer.Exit(ExitCode.FAILED)


async def _rm(flags: RmFlags) -> bool:
    """Whether all went well; with several names, what did not has been told."""
    well = True
    async with reach_installer(flags.where) as installer:
        for name in flags.names:
            try:
                print(f"{await installer.remove(name)} removed")
            except VoxhelmError as error:
                if len(flags.names) == 1:
                    raise
                well = False
                say_on_stderr(message_of(error), label=name)
    return well
