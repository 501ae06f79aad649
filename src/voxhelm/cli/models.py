"""`voxhelm models`: what is installed, whether it is whole, and taking it to another machine."""

import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach

if TYPE_CHECKING:
    from voxhelm.serving.inventory import ListedModel

EPILOG: Final = """
Names of the engine [bold]voxhelm[/] stand for the best model that is installed.

[bold]Examples[/]
  voxhelm models --usage
  voxhelm models --verify
  voxhelm models export whisper-small -o whisper-small.tar --sign model-key
"""
EXPORT_EPILOG: Final = """
`voxhelm pull NAME --from FILE` installs it on a machine that reaches no hub, if its models.trusted_keys has the public half of the key.

[bold]Examples[/]
  ssh-keygen -t ed25519 -N '' -f model-key
  voxhelm models export whisper-small -o whisper-small.tar --sign model-key
"""
# As many codes as fit beside the rest; --json has them all.
LANGUAGES_SHOWN: Final = 6
USAGE_COLUMNS: Final = ("MODEL", "LOADED ON", "MEMORY OF", "DECLARED", "MEASURED", "WHEN", "LOADS IN")


@dataclass(frozen=True, slots=True)
class ModelsFlags:
    """What `models` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    verify: Annotated[
        bool, typer.Option("--verify", help="Read the files of what was pulled, and compare them with what they were.")
    ] = False
    usage: Annotated[
        bool,
        typer.Option("--usage", help="How much memory each takes where: as declared, as measured, when, and how long it loads."),
    ] = False
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """What `models export` can be told."""

    name: Annotated[str, typer.Argument(metavar="NAME", help="A model that was pulled.", show_default=False)]
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the tar archive there.", show_default=False)]
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KEY", help="Sign it with this Ed25519 key, as ssh-keygen makes it.")
    ] = None
    config: Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")] = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What has become of a model's files. faults: in words; empty when they are as they were."""

    model: str
    folder: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a model takes, as `residency.usage.Usage` has it, with its id."""

    model: str
    placed_on: str
    device: str
    declared_bytes: int | None
    measured_bytes: int | None
    measured_unix_seconds: float | None
    load_seconds: float | None


def models(flags: ModelsFlags) -> None:
    """List the models, and the names they answer to."""
    if flags.verify:
        _verify(flags)
    else:
        run(_models(flags))


def export(flags: ExportFlags) -> None:
    """Write a model that was pulled as one archive, to be installed elsewhere."""
    run(_export(flags))


async def _models(flags: ModelsFlags) -> None:
    from voxhelm.cli.tables import print_json, print_table

    async with reach(flags.where) as instance:
        found = await instance.models()
    if flags.usage:
        usages = [ModelUsage(model.id, **asdict(usage)) for model in found for usage in model.usage]
        if flags.json:
            print_json(usages)
        else:
            print_table(USAGE_COLUMNS, [_usage_row(usage) for usage in usages])
    elif flags.json:
        print_json(found)
    else:
        print_table(("MODEL", "ENGINE", "FOR", "LANGUAGES", "STATE", "DEVICE", "MEMORY"), [_row(model) for model in found])


def _usage_row(usage: ModelUsage) -> tuple[str, ...]:
    from voxhelm.cli.terminal import bytes_text

    def size(count: int | None) -> str:
        return bytes_text(count) if count is not None else ""

    measured = usage.measured_unix_seconds
    when = datetime.fromtimestamp(measured, UTC).astimezone().strftime("%Y-%m-%d %H:%M") if measured is not None else "never"
    load = f"{usage.load_seconds:.1f} s" if usage.load_seconds is not None else ""
    return usage.model, usage.placed_on, usage.device, size(usage.declared_bytes), size(usage.measured_bytes), when, load


def _row(model: "ListedModel") -> tuple[str, ...]:
    from voxhelm.cli.terminal import bytes_text

    more = len(model.languages) - LANGUAGES_SHOWN
    languages = " ".join(model.languages[:LANGUAGES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    memory = bytes_text(model.resident_bytes) if model.resident_bytes is not None else ""
    device = f"{model.device or ''} ({model.fallback})" if model.fallback is not None else model.device or ""
    return model.id, model.engine, model.capability, languages, model.state or "", device, memory


def _verify(flags: ModelsFlags) -> None:
    if flags.where.server is not None and not flags.where.local:
        raise CommandFailed("--verify reads the files of this machine: leave --server out, or add --local.", ExitCode.WRONG_USAGE)

    from voxhelm.catalog.shelf import Shelf
    from voxhelm.cli.tables import print_json, print_table
    from voxhelm.config import load_settings

    settings = load_settings(flags.where.config, os.environ)
    verdicts = [_verdict(folder) for folder in Shelf(settings.models.directory).folders()]
    if flags.json:
        print_json(verdicts)
    else:
        print_table(("MODEL", "FILES"), [(one.model, "; ".join(one.faults) or "as they were") for one in verdicts])
    if any(one.faults for one in verdicts):
        raise typer.Exit(ExitCode.FAILED)


def _verdict(folder: Path) -> Verdict:
    from voxhelm.catalog.manifest import faults_of, read_manifest
    from voxhelm.domain.errors import PackageInvalid

    try:
        manifest = read_manifest(folder)
    except PackageInvalid as error:
        return Verdict(folder.name, str(folder), (error.message,))
    return Verdict(folder.name, str(folder), faults_of(folder, manifest) if manifest is not None else ())


async def _export(flags: ExportFlags) -> None:
    from contextlib import aclosing

    from voxhelm.catalog.disk import off_the_loop
    from voxhelm.catalog.export import export_model
    from voxhelm.catalog.shelf import Shelf
    from voxhelm.cli.files import whole_file
    from voxhelm.cli.terminal import bytes_text, note_on_stderr, progress_when_long
    from voxhelm.config import load_settings
    from voxhelm.kit.threads import iterate_in_thread

    settings = load_settings(flags.config, os.environ)
    exporting = await off_the_loop(export_model, Shelf(settings.models.directory), flags.name, flags.sign)
    with progress_when_long(bytes_text) as progress, whole_file(flags.output) as file:
        task = progress.add_task(flags.name, total=exporting.size_bytes)
        async with aclosing(iterate_in_thread(lambda: exporting.write(file))) as written:
            async for count in written:
                progress.update(task, completed=count)
    note_on_stderr(f"Wrote {flags.output}" + ("" if exporting.signed else ", not signed"))
