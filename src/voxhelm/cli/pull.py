"""`voxhelm pull`: installing models."""

import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode, message_of
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach_installer, running_server
from voxhelm.cli.terminal import bytes_text, note_on_stderr, progress_when_long, say_on_stderr
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress, PullWaiting

if TYPE_CHECKING:  # it brings what `--help` can do without
    from voxhelm.config import Settings

EPILOG: Final = """
[bold]Names[/]: whisper-large-v3-turbo, whisper-small, kokoro; a voice of Piper such as bg_BG-dimitar-medium; owner/name of the hub, with
@revision if need be.

[bold]Examples[/]
  voxhelm pull whisper-small piper:bg_BG-dimitar-medium
  voxhelm pull Systran/faster-whisper-medium
  voxhelm pull whisper-small --from /media/usb/whisper-small.tar

What is broken off is gone on with the next time. HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE are honoured.
"""


@dataclass(frozen=True, slots=True)
class PullFlags:
    """What `pull` can be told."""

    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="What to install.", show_default=False)]
    update: Annotated[bool, typer.Option("--update", help="Ask for a newer version of what is installed.")] = False
    package: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="From this folder or tar archive on this machine; nothing is downloaded."),
    ] = None
    allow_unsigned: Annotated[
        bool, typer.Option("--allow-unsigned", help="With --from: also without the signature of models.trusted_keys.")
    ] = False
    where: Where = field(default_factory=Where)


def pull(flags: PullFlags) -> None:
    """Install models: from a hub, or from a folder or an archive."""
    if flags.package is None and flags.allow_unsigned:
        raise CommandFailed("--allow-unsigned goes with --from; what comes from a hub has checksums.", ExitCode.WRONG_USAGE)
    if flags.package is not None and (len(flags.names) > 1 or flags.update):
        raise CommandFailed("--from installs one model, as it is.", ExitCode.WRONG_USAGE)
    if not run(_pull(flags) if flags.package is None else _install(flags, flags.package)):
        raise typer.Exit(ExitCode.FAILED)


async def _pull(flags: PullFlags) -> bool:
    """Whether all went well; with several names, what did not has been told."""
    well = True
    async with reach_installer(flags.where) as installer:
        for name in flags.names:
            try:
                async with aclosing(installer.pull(name, update=flags.update)) as events:
                    await _show(name, events)
            except VoxhelmError as error:
                if len(flags.names) == 1:
                    raise
                well = False
                say_on_stderr(message_of(error), label=name)
    return well


async def _install(flags: PullFlags, package: Path) -> bool:
    if flags.where.server is not None and not flags.where.local:
        raise CommandFailed("--from installs on this machine: leave --server out, or add --local.", ExitCode.WRONG_USAGE)

    import time

    from voxhelm.catalog.disk import off_the_loop
    from voxhelm.catalog.install import Trust, install
    from voxhelm.catalog.shelf import Shelf
    from voxhelm.cli.installer import with_remedy
    from voxhelm.config import load_settings
    from voxhelm.kit.threads import iterate_in_thread

    name = flags.names[0]
    settings = load_settings(flags.where.config, os.environ)
    trust = Trust(settings.models.trusted_keys, flags.allow_unsigned)
    shelf = Shelf(settings.models.directory)

    async def events() -> AsyncIterator[PullEvent]:
        async with aclosing(iterate_in_thread(lambda: install(shelf, package, name, trust, time.time()))) as found:
            async for event in found:
                yield await off_the_loop(with_remedy, event, settings) if isinstance(event, PullDone) else event

    done = await _show(name, events())
    if not flags.where.local:
        await _tell_server(done.model_id, settings)
    return True


async def _tell_server(model_id: str, settings: "Settings") -> None:
    """Let a server that runs here know of what has been installed beside it."""
    url = await running_server(settings)
    if url is None:
        return

    from voxhelm.cli.remote import remote_instance

    try:
        async with remote_instance(url) as server, aclosing(server.pull(model_id, update=False, offline=True)) as events:
            async for _ in events:
                pass
    except VoxhelmError as error:
        say_on_stderr(f"The server at {url} does not know it yet, restart it: {message_of(error)}", label="Note")


async def _show(name: str, events: AsyncIterator[PullEvent]) -> PullDone:
    """Follow a pull, with a bar, to its end, and say how it went."""
    done: PullDone | None = None
    with progress_when_long(bytes_text) as progress:
        task = progress.add_task(name, total=None)
        async for event in events:
            match event:
                case PullWaiting():
                    note_on_stderr(f"Somebody else is pulling {event.model_id}; waiting for them.")
                case PullProgress():
                    progress.update(
                        task, description=f"{name}: {event.file}", completed=event.received_bytes, total=event.total_bytes
                    )
                case PullDone():
                    done = event
    if done is None:
        raise CommandFailed(f"{name}: it broke off without saying why. Try again: it goes on from there.")
    what = "installed" if done.changed else "is installed already"
    print(f"{done.model_id} {what} ({done.engine}, {bytes_text(done.size_bytes)})")
    if done.remedy is not None:
        say_on_stderr(f"It cannot be loaded yet. {done.remedy}", label="Note")
    return done
