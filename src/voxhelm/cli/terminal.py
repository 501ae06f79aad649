"""What is shown beside the output: errors, notes and progress, all on stderr so that stdout can be piped."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

KILO: Final = 1000
REFRESHES_PER_SECOND: Final = 8
# Work that is done sooner needs no bar.
PATIENCE_SECONDS: Final = 0.7


def say_on_stderr(message: str, label: str = "Error") -> None:
    """One sentence about what went wrong."""
    colour = sys.stderr.isatty()
    # The reader of stderr may be gone, too; then there is nobody left to tell.
    with suppress(BrokenPipeError):
        print(f"\x1b[1;31m{label}:\x1b[0m {message}" if colour else f"{label}: {message}", file=sys.stderr)


def note_on_stderr(message: str) -> None:
    """A remark for somebody who watches; nothing when stderr is not a terminal."""
    if sys.stderr.isatty():
        print(f"\x1b[2m{message}\x1b[0m", file=sys.stderr)


def clock_time(seconds: float) -> str:
    """Seconds as `1:02:03` or `2:03`."""
    minutes, whole_seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole_seconds:02}" if hours else f"{minutes}:{whole_seconds:02}"


def bytes_text(count: float) -> str:
    """Bytes for people: `48 kB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < KILO or unit == "GB":
            return f"{count:.0f} {unit}" if unit in ("bytes", "kB") else f"{count:.1f} {unit}"
        count /= KILO
    raise AssertionError("unreachable")


class _DoneOfTotal(ProgressColumn):
    """`0:41 / 2:30`; `0:41` when the end is not known; how long it has taken when nothing is."""

    def __init__(self, show: Callable[[float], str]) -> None:
        self._show = show
        super().__init__()

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(self._show(task.completed) if task.completed else clock_time(task.elapsed or 0), style="progress.download")
        return Text(f"{self._show(task.completed)} / {self._show(task.total)}", style="progress.download")


@contextmanager
def progress_when_long(show: Callable[[float], str] = clock_time) -> Iterator[Progress]:
    """A bar on stderr that appears if the block takes long, and goes away with it; none when stderr is not a terminal.

    show: how the amount done, and the total, are written.
    """
    console = Console(stderr=True)
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        _DoneOfTotal(show),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        expand=True,
        refresh_per_second=REFRESHES_PER_SECOND,
        # Output is not rich's to move: what is printed while the bar stands goes through `print_above`.
        redirect_stdout=False,
        redirect_stderr=True,
    )
    if not console.is_terminal:
        yield progress
        return
    timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, progress.start)
    try:
        yield progress
    finally:
        timer.cancel()
        if progress.live.is_started:
            progress.stop()


def print_above(progress: Progress, text: str) -> None:
    """Write a line of output at once; above the bar when both are on the terminal."""
    if progress.live.is_started and sys.stdout.isatty():
        progress.console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)
    else:
        print(text, flush=True)
