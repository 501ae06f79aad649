"""`voxhelm models`: what is installed."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach

if TYPE_CHECKING:
    from voxhelm.serving.inventory import ListedModel

EPILOG: Final = """
Names of the engine [bold]voxhelm[/] stand for the best model that is installed.
"""
# As many codes as fit beside the rest; --json has them all.
LANGUAGES_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class ModelsFlags:
    """What `models` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    where: Where = field(default_factory=Where)


def models(flags: ModelsFlags) -> None:
    """List the models, and the names they answer to."""
    run(_models(flags))


async def _models(flags: ModelsFlags) -> None:
    from voxhelm.cli.tables import print_json, print_table

    async with reach(flags.where) as instance:
        found = await instance.models()
    if flags.json:
        print_json(found)
    else:
        print_table(("MODEL", "ENGINE", "FOR", "LANGUAGES", "STATE", "MEMORY"), [_row(model) for model in found])


def _row(model: "ListedModel") -> tuple[str, ...]:
    from voxhelm.cli.terminal import bytes_text

    more = len(model.languages) - LANGUAGES_SHOWN
    languages = " ".join(model.languages[:LANGUAGES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    memory = bytes_text(model.resident_bytes) if model.resident_bytes is not None else ""
    return model.id, model.engine, model.capability, languages, model.state or "", memory
