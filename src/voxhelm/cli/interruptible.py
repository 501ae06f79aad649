"""Running a command's work so that a signal ends it in order: what was begun is closed, and no process is left."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import typer

T = TypeVar("T")

# A terminal that is closed, Ctrl-C, and a polite kill.
SIGNALS: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
# What a shell adds to the number of the signal that ended a program.
SIGNALLED: Final = 128


def run(work: Coroutine[Any, Any, T], on_signal: Callable[[], None] = lambda: None) -> T:
    """Run `work` to its end. A signal cancels it; when it has closed what it holds, the program exits with 128 + the signal.

    on_signal: called before `work` is cancelled, to free a thread that waits for something that may never come.
    """

    async def main() -> T:
        async with _cancelled_by_signals(on_signal):
            return await work

    return asyncio.run(main())


@asynccontextmanager
async def _cancelled_by_signals(on_signal: Callable[[], None]) -> AsyncGenerator[None]:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    caught: list[int] = []

    def catch(number: int) -> None:
        caught.append(number)
        on_signal()
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, catch, number)
    try:
        yield
    except asyncio.CancelledError:
        if not caught:
            raise
        raise typer.Exit(SIGNALLED + caught[0]) from None
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
