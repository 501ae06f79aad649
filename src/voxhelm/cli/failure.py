"""How a command ends when it does not end well."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

import typer

from voxhelm.cli.terminal import say_on_stderr
from voxhelm.domain.errors import BadRequest, ConfigurationInvalid, VoxhelmError


class ExitCode(IntEnum):
    """What scripts can rely on."""

    OK = 0
    FAILED = 1
    WRONG_USAGE = 2
    NO_SERVER = 3
    INTERRUPTED = 130
    BROKEN_PIPE = 141  # 128 + SIGPIPE: what a shell reports of any program whose reader has gone


EXIT_CODES: Final = (
    "[bold]Exit codes[/]: 0 done; 1 failed; 2 wrong usage, bad input or bad configuration; 3 the server that was named does not "
    "answer; 130 interrupted."
)

# What the messages of the use cases say to clients of the API, in the words of the command line.
OF_THE_API: Final = {
    "GET /v1/audio/voices": "`voxhelm voices`",
    "GET /v1/models": "`voxhelm models`",
    "Send it as `Authorization: Bearer KEY`, or as `x-api-key`.": "Put it into VOXHELM_API_KEY.",
}


class CommandFailed(Exception):
    """A command cannot do what it was asked to. `message` says what to do instead."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        """code: what the program exits with."""
        super().__init__(message)
        self.message = message
        self.code = code


def message_of(error: Exception) -> str:
    """An expected error as a sentence for people at a terminal."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror or error}"
    message = error.message if isinstance(error, CommandFailed | VoxhelmError) else str(error)
    for api, command in OF_THE_API.items():
        message = message.replace(api, command)
    return message


def code_of(error: Exception) -> ExitCode:
    """What the program exits with after an expected error."""
    if isinstance(error, CommandFailed):
        return error.code
    return ExitCode.WRONG_USAGE if isinstance(error, BadRequest | ConfigurationInvalid) else ExitCode.FAILED


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn every expected failure inside into a sentence on stderr and an exit code. What is not expected is a bug and passes."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough, as `head` does. Python would flush at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.BROKEN_PIPE) from None
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except (CommandFailed, VoxhelmError, OSError) as error:
        say_on_stderr(message_of(error))
        raise typer.Exit(code_of(error)) from None
