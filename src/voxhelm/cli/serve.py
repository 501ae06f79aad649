"""`voxhelm serve`: the server, in the foreground."""

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from voxhelm.cli.failure import CommandFailed
from voxhelm.cli.reach import url_of

if TYPE_CHECKING:  # they bring the web framework, which `--help` can do without
    from voxhelm.config import Loaded

EPILOG: Final = """
[bold]Examples[/]
  voxhelm serve
  voxhelm serve --port 9000 --config /etc/voxhelm.yaml
  VOXHELM_MODELS__PRELOAD='["espeak-ng"]' voxhelm serve --log-format json

Every setting and its default: `voxhelm config`. Ctrl-C or SIGTERM ends it when the requests at hand are done.
"""
# 15 MiB of sound may be in one event, in base64, and something beside it.
LONGEST_SOCKET_MESSAGE_BYTES: Final = 21 * 1024**2
# Who does not answer a ping for so long has gone: a telephone in a tunnel tells nobody. Proxies close what is silent for a minute.
PING_SECONDS: Final = 20.0
NO_TEXT: Final = "Invalid UTF-8 sequence received from client."
# Said of every socket that is refused by an answer in HTTP, and of every client that leaves while it waits to be let in.
NOT_LET_IN: Final = "ASGI callable returned without completing handshake."
# Connections that may wait while all workers of the loop are busy accepting: a burst of clients, not a crowd.
BACKLOG: Final = 1024


@dataclass(frozen=True, slots=True)
class ServeFlags:
    """What `serve` can be told; the rest is settings."""

    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Listen there; 0.0.0.0 is everywhere.", show_default="127.0.0.1")
    ] = None
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0 takes a free one.", show_default="8000")] = None
    config: Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings, else voxhelm.yaml.")] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"] | None, typer.Option(show_default="info")] = None
    log_format: Annotated[
        Literal["console", "json"] | None, typer.Option(help="For people, or for collectors.", show_default="console")
    ] = None


def serve(flags: ServeFlags) -> None:
    """Start the server: the OpenAI API under /v1 and the console at /."""
    ending = _EndOnSignal()
    from voxhelm.config import load

    server = {"host": flags.host, "port": flags.port}
    log = {"level": flags.log_level, "format": flags.log_format}
    overrides = {"server": _given(server), "log": _given(log)}
    loaded = load(flags.config, os.environ, **{name: values for name, values in overrides.items() if values})
    # Before anything heavy, so that a port that is taken is told at once.
    with _bound_socket(loaded.settings.server.host, loaded.settings.server.port) as listener:
        _serve(loaded, listener, ending)


class _EndOnSignal:
    """SIGTERM and Ctrl-C are how a server is ended, so they are a success: before it serves they exit, afterwards uvicorn has seen them."""

    def __init__(self) -> None:
        self.serving = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if not self.serving:
            raise SystemExit(0)  # and nothing that an `except Exception` on the way would take for a failure


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _serve(loaded: "Loaded", listener: socket.socket, ending: _EndOnSignal) -> None:
    import uvicorn

    from voxhelm.cli.first_models import pull_missing
    from voxhelm.cli.patient_server import PatientServer
    from voxhelm.cli.socket_protocol import SocketProtocol
    from voxhelm.cli.taken_over import tell_what_was_taken_over
    from voxhelm.compose import compose, compose_app
    from voxhelm.kit.heap import Heap
    from voxhelm.kit.loopback import is_loopback
    from voxhelm.telemetry.log import LogFormat, configure_logging

    settings = loaded.settings

    def tell() -> None:
        host, port = listener.getsockname()[:2]
        url = url_of(host, port)
        if settings.log.format is LogFormat.JSON:
            log.info("listening", url=url, host=host, port=port)
        else:
            print(f"Voxhelm is at {url}  (API: {url}/v1, Ctrl-C ends it)", flush=True)
        if not is_loopback(host) and not voxhelm.services.keys.required:
            log.warning(
                "other machines can reach this server, and it asks nobody for a key", host=host, remedy="voxhelm keys create NAME"
            )

    log = configure_logging(settings.log.level, settings.log.format)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    tell_what_was_taken_over(loaded, log)
    pull_missing(settings, log)
    # Before any thread begins. More threads than processors do not allocate at the same time.
    Heap().share_arenas(max(2, os.cpu_count() or 1))
    voxhelm = compose(settings, log)
    app = compose_app(voxhelm, settings)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        log_config=None,
        log_level="warning",  # our own lines say what uvicorn's would
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        ws=SocketProtocol,
        ws_max_size=LONGEST_SOCKET_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,  # sound does not get smaller, and every connection would hold a window
        timeout_graceful_shutdown=settings.server.shutdown_grace_seconds,
    )
    server = PatientServer(config, voxhelm.services.sessions, settings.server.shutdown_grace_seconds, tell)
    _listen(listener)
    ending.serving = True
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)


def _is_news(record: logging.LogRecord) -> bool:
    """A request that is cut off at the end of the grace is told in one line of uvicorn's; its traceback says nothing more.

    What a client sends that is no text is its own affair: it is told, by the code 1007.
    """
    if record.msg in (NO_TEXT, NOT_LET_IN):
        return False
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


def _bound_socket(host: str, port: int) -> socket.socket:
    """A socket that has its port and does not listen yet: who connects before there is somebody to answer is refused, as probes expect."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                both = host == "::" and socket.has_dualstack_ipv6()
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if both else 1)
            bound.bind(address[:2])
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise CommandFailed(_why_not(error, host, port)) from error
    return bound


def _listen(bound: socket.socket) -> None:
    """Let clients connect: what there is has been read, and they are answered in a moment."""
    try:
        bound.listen(BACKLOG)
    except OSError as error:
        # Another server had the same port and listened first.
        raise CommandFailed(_why_not(error, *bound.getsockname()[:2])) from error


def _why_not(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no address '{host}'. 127.0.0.1 is this machine only, 0.0.0.0 is every network it is on."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken: another server listens there. Choose one with --port, or a free one with --port 0."
    if error.errno == errno.EACCES:
        return f"Port {port} needs root, as all below 1024 do. Choose a higher one with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. 0.0.0.0 listens on all it has."
    return f"Cannot listen on {host} port {port}: {error.strerror}."
