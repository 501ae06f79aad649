"""How logs are written: one line per event, JSON or for people, never with text, audio or secrets in it."""

import logging
import sys
from enum import StrEnum
from typing import Protocol

import structlog


class Log(Protocol):
    """What code logs through: an event in a few fixed words, and fields."""

    def debug(self, event: str, **fields: object) -> object:
        """For developers."""
        ...

    def info(self, event: str, **fields: object) -> object:
        """What an operator may want to know."""
        ...

    def warning(self, event: str, **fields: object) -> object:
        """What an operator should look at."""
        ...

    def error(self, event: str, **fields: object) -> object:
        """What went wrong."""
        ...


class LogFormat(StrEnum):
    """How a line looks."""

    CONSOLE = "console"
    JSON = "json"


def configure_logging(level: str, log_format: LogFormat) -> Log:
    """Send our log and the libraries' to stderr in one format. Called once, by the composition root.

    level: debug, info, warning or error.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format is LogFormat.JSON
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Its lines hold whole addresses, and those that files of models come from hold keys.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # A line for each way that is tried to a caller, with its address; what came of it is told in a line of ours.
    for library in ("aioice", "aiortc"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logger: Log = structlog.get_logger("voxhelm")
    return logger


def silent_log() -> Log:
    """A log that writes nothing: for tests and for the command line without a server."""
    logger: Log = structlog.wrap_logger(None, processors=[_drop])
    return logger


def _drop(_logger: object, _method: str, _event: structlog.typing.EventDict) -> structlog.typing.ProcessorReturnValue:
    raise structlog.DropEvent
