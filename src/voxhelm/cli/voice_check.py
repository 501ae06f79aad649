"""`voxhelm voices check`: whether voices can be understood."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach
from voxhelm.cli.terminal import note_on_stderr

if TYPE_CHECKING:
    from voxhelm.cli.instance import Instance
    from voxhelm.serving.voice_check import VoiceCheck

EPILOG: Final = """
Each voice says a few sentences, and the best recogniser that is installed for the language hears them back. Results are kept, and compared.
It exits with 1 when a voice is worse than its limit, or than it was.

[bold]Examples[/]
  voxhelm voices check
  voxhelm voices check bg piper:bg_BG-dimitar-medium/bg_BG-dimitar-medium
  voxhelm voices check --language bg --sentences sentences.txt --json
"""
COLUMNS: Final = ("VOICE", "LANGUAGE", "HEARD BY", "WORDS", "WER", "CER", "USUALLY", "LIMIT", "VERDICT")


@dataclass(frozen=True, slots=True)
class CheckFlags:
    """What `voices check` can be told."""

    names: Annotated[
        list[str] | None, typer.Argument(metavar="VOICE", help="These voices.", show_default="the names that the settings give")
    ] = None
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="CODE", help="In this language; without VOICE all that speak it.")
    ] = None
    sentences: Annotated[
        Path | None, typer.Option("--sentences", metavar="FILE", help="Say these instead of the built-in ones: one on each line.")
    ] = None
    json: Annotated[bool, typer.Option("--json", help="As JSON, with what was heard.")] = False
    where: Where = field(default_factory=Where)


def check(flags: CheckFlags) -> None:
    """Say sentences with voices, hear them back, and tell how much was understood."""
    sentences = _lines(flags.sentences) if flags.sentences is not None else ()
    checks = run(_check(flags, sentences))
    if flags.json:
        print(json.dumps([asdict(one) for one in checks], ensure_ascii=False, indent=2))
    else:
        _print(checks)
    if any(one.verdict in ("worse", "failed") for one in checks):
        raise typer.Exit(ExitCode.FAILED)


def _lines(path: Path) -> tuple[str, ...]:
    found = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    if not found:
        raise CommandFailed(f"{path} holds no sentence.", ExitCode.WRONG_USAGE)
    return found


async def _check(flags: CheckFlags, sentences: tuple[str, ...]) -> "list[VoiceCheck]":
    checks: list[VoiceCheck] = []
    async with reach(flags.where) as instance:
        for name in flags.names or await _names(flags, instance):
            note_on_stderr(f"Checking {name}")
            checks += await instance.check_voice(name, flags.language, sentences)
    if not checks:
        raise CommandFailed("There is no voice to check. `voxhelm voices` lists them all.")
    return checks


async def _names(flags: CheckFlags, instance: "Instance") -> list[str]:
    """The names that the settings give, or with a language every voice that speaks it."""
    from voxhelm.cli.voices import speaks

    listed = await instance.voices(variants=False)
    if flags.language is None:
        return [voice.id for voice in listed if voice.kind == "logical"]
    speaking = (voice for voice in listed if voice.kind == "engine" and any(speaks(tag, flags.language) for tag in voice.languages))
    return [voice.id if "/" in voice.id else f"{voice.model}/{voice.id}" for voice in speaking]


def _print(checks: "Sequence[VoiceCheck]") -> None:
    from voxhelm.cli.tables import print_table

    print_table(COLUMNS, [_row(one) for one in checks])
    for one in checks:
        if one.reason is not None:
            print(f"\n{one.voice} ({one.language}): {one.reason}")
        if one.verdict == "worse":
            for sentence in one.sentences:
                if sentence.word_error_rate:
                    print(f"  said   {sentence.said}\n  heard  {sentence.heard}")


def _row(check: "VoiceCheck") -> tuple[str, ...]:
    return (
        check.voice,
        check.language,
        (check.recogniser or "nobody").partition(" ")[0],
        str(check.words or ""),
        _percent(check.word_error_rate),
        _percent(check.character_error_rate),
        _percent(check.usual_word_error_rate),
        _percent(check.word_error_limit),
        check.verdict,
    )


def _percent(rate: float | None) -> str:
    return f"{100 * rate:.0f} %" if rate is not None else ""
