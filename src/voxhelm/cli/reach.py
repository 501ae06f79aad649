"""Which Voxhelm a command works with: the server that is named, the one that runs here, or none but this process."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode

if TYPE_CHECKING:  # they bring the web framework and the HTTP client, which `--help` can do without
    from voxhelm.cli.installer import Installer
    from voxhelm.cli.instance import Instance
    from voxhelm.config import Settings

# A server that runs here takes its connection at once, and answers unless it is very busy.
PROBE_CONNECT_SECONDS: Final = 0.25
PROBE_ANSWER_SECONDS: Final = 1.0
NAMED_ANSWER_SECONDS: Final = 5.0
PANEL: Final = "Where it runs"
# An address to listen on that is none to go to -> the one that leads there from here.
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - nothing is bound here


@dataclass(frozen=True, slots=True)
class Where:
    """Flags of every command that works here or on a server."""

    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="VOXHELM_URL",
            help="Use this server. Without it, one that runs here is found by itself.",
            rich_help_panel=PANEL,
        ),
    ] = None
    local: Annotated[
        bool, typer.Option("--local", help="Use no server: load the models in this process.", rich_help_panel=PANEL)
    ] = False
    config: Annotated[
        Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.", rich_help_panel=PANEL)
    ] = None


@asynccontextmanager
async def reach(where: Where) -> AsyncGenerator["Instance"]:
    """The instance to work with. Raises CommandFailed when a server is named and does not answer, and ConfigurationInvalid."""
    server = await _server_or_settings(where)
    if isinstance(server, str):
        from voxhelm.cli.remote import remote_instance

        async with remote_instance(server) as remote:
            yield remote
        return
    from voxhelm.cli.local import local_instance

    async with local_instance(server) as local:
        yield local


@asynccontextmanager
async def reach_installer(where: Where) -> AsyncGenerator["Installer"]:
    """What installs models: the server, or this process, which needs no model for it and no settings that fit. Raises as `reach`."""
    server = await _server_or_settings(where)
    if isinstance(server, str):
        from voxhelm.cli.remote import remote_instance

        async with remote_instance(server) as remote:
            yield remote
        return
    from voxhelm.cli.installer import LocalInstaller

    yield LocalInstaller(server)


async def _server_or_settings(where: Where) -> "str | Settings":
    """The URL of the server to use, or the settings to do without one."""
    if where.server is not None and not where.local:
        url = complete_url(where.server)
        await require_voxhelm(url)
        return url

    from voxhelm.config import load_settings

    settings = load_settings(where.config, os.environ)
    found = None if where.local else await running_server(settings)
    return settings if found is None else found


def complete_url(url: str) -> str:
    """What people write for a URL, as one."""
    return url if "://" in url else f"http://{url}"


def url_of(host: str, port: int) -> str:
    """Where a server that listens on `host` and `port` is reached from this machine."""
    host = EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def require_voxhelm(url: str) -> None:
    """Return if a Voxhelm answers at `url`; else raise CommandFailed saying what is there."""
    import httpx

    from voxhelm.cli.remote import remote_instance

    try:
        async with asyncio.timeout(NAMED_ANSWER_SECONDS), remote_instance(url) as remote:
            ours = await remote.is_voxhelm()
    except TimeoutError:
        raise _no_server(f"No answer from {url} within {NAMED_ANSWER_SECONDS:.0f} seconds.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _no_server(f"No Voxhelm at {url}: {str(error) or type(error).__name__}.") from error
    if not ours:
        raise _no_server(f"{url} answers, but it is not Voxhelm.")


async def running_server(settings: "Settings") -> str | None:
    """The URL of the server that runs where the settings say, or None."""
    host, port = EVERYWHERE.get(settings.server.host, settings.server.host), settings.server.port
    if port == 0:
        return None
    try:
        # Cheaper than an HTTP client that finds nobody there, which is the usual case.
        socket.create_connection((host, port), PROBE_CONNECT_SECONDS).close()
    except OSError:
        return None

    import httpx

    from voxhelm.cli.remote import remote_instance

    url = url_of(host, port)
    try:
        async with asyncio.timeout(PROBE_ANSWER_SECONDS), remote_instance(url) as remote:
            return url if await remote.is_voxhelm() else None
    except (TimeoutError, httpx.HTTPError):
        return None


def _no_server(message: str) -> CommandFailed:
    return CommandFailed(f"{message} Start one with `voxhelm serve`, or work without: --local.", ExitCode.NO_SERVER)
