"""`voxhelm voices`: what can be said with."""

from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach

EPILOG: Final = """
[bold]Examples[/]
  voxhelm voices --language bg
  voxhelm voices --json | jq -r '.[].id'
"""


@dataclass(frozen=True, slots=True)
class VoicesFlags:
    """What `voices` can be told."""

    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="CODE", help="Only those that speak it, such as bg or en-gb.")
    ] = None
    model: Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", help="Only those of this model.")] = None
    variants: Annotated[bool, typer.Option("--variants", help="Also the thousands that are a colour of another.")] = False
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    where: Where = field(default_factory=Where)


def voices(flags: VoicesFlags) -> None:
    """List the voices."""
    run(_voices(flags))


async def _voices(flags: VoicesFlags) -> None:
    from voxhelm.cli.failure import CommandFailed
    from voxhelm.cli.tables import print_json, print_table

    async with reach(flags.where) as instance:
        everything = await instance.voices(variants=flags.variants)
    found = [
        voice
        for voice in everything
        if (flags.model is None or voice.model == flags.model)
        and (flags.language is None or any(speaks(tag, flags.language) for tag in voice.languages))
    ]
    if flags.json:
        print_json(found)
        return
    if not found:
        raise CommandFailed("There is no such voice. `voxhelm voices` lists them all.")
    print_table(
        ("VOICE", "NAME", "LANGUAGES", "GENDER", "MODEL", "KIND"),
        [
            (
                voice.id,
                voice.name,
                ", ".join(voice.languages) or "the text's",
                voice.gender or "",
                voice.model or "the best",
                voice.kind,
            )
            for voice in found
        ],
    )


def speaks(tag: str, language: str) -> bool:
    """Whether a BCP 47 tag is of a language: `en-gb` is of `en` and of `en-gb`, not of `en-us`."""
    wanted = language.lower().replace("_", "-")
    return tag == wanted or tag.startswith(f"{wanted}-")
