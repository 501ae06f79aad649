"""`voxhelm doctor`: what works on this machine, and how to mend what does not."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, complete_url, require_voxhelm, running_server, url_of
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.domain.model import Capability

if TYPE_CHECKING:  # they bring what `--help` can do without
    from voxhelm.catalog.engines import FoundEngine
    from voxhelm.config import Settings
    from voxhelm.domain.engine import Finding

EPILOG: Final = """
It exits with 1 when something that Voxhelm cannot do without is missing. What is marked [yellow]![/] is optional.

[bold]Examples[/]
  voxhelm doctor
  voxhelm doctor --json | jq '.[] | select(.ok | not)'
"""
# What the models of a home lab take; less is worth a word.
LEAST_FREE_BYTES: Final = 2 * 1000**3
REINSTALL: Final = "pip install --force-reinstall voxhelm"
PURPOSES: Final = {
    Capability.SPEECH: "saying",
    Capability.TRANSCRIPTION: "hearing",
    Capability.VOICE_ACTIVITY: "finding speech in long recordings",
}


@dataclass(frozen=True, slots=True)
class DoctorFlags:
    """What `doctor` can be told."""

    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True)
class Check:
    """A finding of an engine, or one of ours. required: whether Voxhelm is of no use without it."""

    subject: str
    ok: bool
    required: bool
    detail: str
    remedy: str | None = None


def doctor(flags: DoctorFlags) -> None:
    """Say what works on this machine, and how to mend what does not."""
    checks = run(_examine(flags.where))
    if flags.json:
        from voxhelm.cli.tables import print_json

        print_json(checks)
    else:
        _show(checks)
    if any(check.required and not check.ok for check in checks):
        raise typer.Exit(ExitCode.FAILED)


async def _examine(where: Where) -> list[Check]:
    from voxhelm.config import load_settings

    checks = [_python()]
    try:
        settings = load_settings(where.config, os.environ)
    except ConfigurationInvalid as error:
        return [*checks, Check("settings", ok=False, required=True, detail=error.message, remedy="voxhelm config --schema")]
    checks += _engines(settings)
    checks += [*_cards(), _disk(settings.models.directory), _audio_device(), await _server(where, settings)]
    return checks


def _python() -> Check:
    return Check("Python", ok=True, required=True, detail=f"{platform.python_version()} in {sys.prefix}")


def _engines(settings: "Settings") -> Iterator[Check]:
    """What the engines say of themselves, and whether together they can do what Voxhelm is for."""
    from voxhelm.catalog.egress import EgressPolicy
    from voxhelm.catalog.engines import find_engines
    from voxhelm.catalog.models import Catalog

    engines = find_engines(settings.models.extra_engines, settings.models.interpreters)
    for name, reason in engines.broken.items():
        yield Check(f"engine {name}", ok=False, required=False, detail=f"cannot be imported: {reason}", remedy=REINSTALL)
    for name in sorted(engines.working):
        for finding in engines.working[name].diagnose():
            yield _of_engine(finding)
        yield from _interpreter(engines.working[name])
    try:
        egress = EgressPolicy(settings.egress.allow_cloud)
        catalog = Catalog(engines.working, settings.models.directory, {}, egress, settings.models.settings_by_model)
    except ConfigurationInvalid as error:  # a file of the models directory that is to be mended by hand
        yield Check("models", ok=False, required=True, detail=error.message, remedy="voxhelm config")
        return
    for capability, purpose in PURPOSES.items():
        able = sorted(spec.id for spec in catalog.models if spec.capability is capability)
        detail = ", ".join(able) or "no model is installed"
        yield Check(purpose, ok=bool(able), required=True, detail=detail, remedy=None if able else REINSTALL)
    yield _whole(settings)


def _whole(settings: "Settings") -> Check:
    """Whether the settings fit what is installed: everything is put together, and nothing loaded."""
    from voxhelm.compose import compose
    from voxhelm.telemetry.log import silent_log

    try:
        compose(settings, silent_log())
    except ConfigurationInvalid as error:
        return Check("settings", ok=False, required=True, detail=error.message, remedy="voxhelm config")
    return Check("settings", ok=True, required=True, detail="fit what is installed")


def _of_engine(finding: "Finding") -> Check:
    return Check(finding.subject, finding.ok, required=False, detail=finding.detail, remedy=None if finding.ok else finding.remedy)


def _interpreter(found: "FoundEngine") -> Iterator[Check]:
    """Whether an engine's own interpreter, which is there, has what it needs."""
    from voxhelm.catalog.interpreters import by_hand, modules_of
    from voxhelm.hosting.probe import Unanswered, probe

    interpreter = found.interpreter
    if interpreter is None or not interpreter.is_there():
        return
    name = found.engine.name
    remedy = f"voxhelm engines install {name}" if interpreter.managed else by_hand(found.engine, interpreter)
    try:
        probed = probe(interpreter.python, modules_of(found.engine))
    except Unanswered as error:
        yield Check(f"{name} packages", ok=False, required=False, detail=f"{interpreter.python}: {error.reason}", remedy=remedy)
        return
    if probed.missing:
        detail = f"Python {probed.version} lacks {', '.join(probed.missing)}"
        yield Check(f"{name} packages", ok=False, required=False, detail=detail, remedy=remedy)
    else:
        yield Check(f"{name} packages", ok=True, required=False, detail=f"all there, for Python {probed.version}")


def _cards() -> Iterator[Check]:
    from voxhelm.cli.card_checks import card_lines
    from voxhelm.gpu.nvml import NvmlSource

    for subject, ok, detail in card_lines(NvmlSource(os.environ.get("CUDA_VISIBLE_DEVICES")).read()):
        yield Check(subject, ok, required=False, detail=detail)


def _disk(directory: Path) -> Check:
    there = directory
    while not there.exists():
        there = there.parent
    free_bytes = shutil.disk_usage(there).free
    writable = os.access(there, os.W_OK)
    detail = f"{directory}, {free_bytes / 1000**3:.1f} GB free" + ("" if writable else ", cannot be written to")
    enough = writable and free_bytes >= LEAST_FREE_BYTES
    remedy = None if enough else "VOXHELM_MODELS__DIRECTORY=/a/larger/disk voxhelm serve"
    return Check("models folder", ok=enough, required=False, detail=detail, remedy=remedy)


def _audio_device() -> Check:
    from voxhelm.cli.play import open_device

    try:
        with open_device() as device:
            detail = f"found, through {device.backend}"
    except CommandFailed:
        return Check(
            "audio device", ok=False, required=False, detail="none: say writes files only", remedy="voxhelm say TEXT -o speech.mp3"
        )
    return Check("audio device", ok=True, required=False, detail=detail)


async def _server(where: Where, settings: "Settings") -> Check:
    if where.server is not None and not where.local:
        url = complete_url(where.server)
        try:
            await require_voxhelm(url)
        except CommandFailed as failed:
            return Check("server", ok=False, required=True, detail=failed.message, remedy="voxhelm serve")
        return Check("server", ok=True, required=True, detail=f"answers at {url}")
    found = await running_server(settings)
    if found is None:
        url = url_of(settings.server.host, settings.server.port)
        return Check("server", ok=False, required=False, detail=f"none at {url}: say and hear work without", remedy="voxhelm serve")
    return Check("server", ok=True, required=False, detail=f"answers at {found}")


def _show(checks: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    from voxhelm.cli.tables import show_table

    table = Table.grid(padding=(0, 2, 0, 0))
    for check in checks:
        mark = Text("ok", "green") if check.ok else Text("missing", "bold red") if check.required else Text("!", "yellow")
        detail = Text(check.detail)
        if check.remedy is not None:
            detail.append(f"\n→ {check.remedy}", "cyan")
        table.add_row(mark, Text(check.subject, "bold"), detail)
    show_table(table)
    broken = [check.subject for check in checks if check.required and not check.ok]
    print()
    print(f"Voxhelm cannot work yet: {', '.join(broken)}." if broken else "Voxhelm works on this machine.")
