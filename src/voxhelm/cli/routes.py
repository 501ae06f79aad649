"""`voxhelm routes`: which models are tried, in which order, and how they are now."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach

if TYPE_CHECKING:
    from voxhelm.serving.route_board import ListedStep

EPILOG: Final = """
[bold]Examples[/]
  voxhelm routes
  voxhelm routes --language bg
  voxhelm routes --json | jq '.[].steps[] | select(.reason != null)'
"""


@dataclass(frozen=True, slots=True)
class RoutesFlags:
    """What `routes` can be told."""

    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="CODE", help="The routes that this language has, such as bg.")
    ] = None
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    where: Where = field(default_factory=Where)


def routes(flags: RoutesFlags) -> None:
    """List the routes, each step with its health now."""
    run(_routes(flags))


async def _routes(flags: RoutesFlags) -> None:
    from voxhelm.cli.tables import print_json, print_table

    async with reach(flags.where) as instance:
        found = await instance.routes(flags.language)
    if flags.json:
        print_json(found)
        return
    rows = [
        (route.capability, _language(route.language), str(number), step.model, step.voice or "", _now(step))
        for route in found
        for number, step in enumerate(route.steps, start=1)
    ]
    print_table(("FOR", "LANGUAGE", "STEP", "MODEL", "VOICE", "NOW"), rows)


def _language(language: str) -> str:
    return "any other" if language == "*" else language


def _now(step: "ListedStep") -> str:
    """In words: `ready`, or what is the matter."""
    told = "ready" if step.reason is None else step.reason.replace("_", " ")
    if step.retry_after_seconds is not None:
        told += f", tried again in {step.retry_after_seconds:.0f} s"
    elif step.failures:
        told += f", {step.failures} failures in a row"
    return told if step.egress_host is None else f"{told}, by way of {step.egress_host}"
