"""Lists, as tables for people or as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

# A pipe has no width: wide enough that nothing is folded.
PIPE_COLUMNS: Final = 10_000


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print rows under a header."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    show_table(table)


def show_table(table: Table) -> None:
    """Print a table of rich's, as wide as the terminal; whole lines when stdout is piped."""
    console = Console() if sys.stdout.isatty() else Console(width=PIPE_COLUMNS)
    with console.capture() as capture:
        console.print(table)
    # The padding of the last column is of no use to anybody.
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_json(items: Iterable[Any]) -> None:
    """Print dataclass instances as one JSON array."""
    print(json.dumps([asdict(item) for item in items], ensure_ascii=False, indent=2))
