"""Markdown: tables to read in a terminal and to keep in a README between markers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import bars
from benchmarks.bars import Verdict

BAR_COLUMNS = ("bar", "limit", "measured", "verdict")


class MarkerMissing(Exception):
    """The document has no place for the section."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows, all text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The table, padded so that it also reads well unrendered."""
        widths = [max(len(row[index]) for row in (self.columns, *self.rows)) for index in range(len(self.columns))]

        def line(cells: Sequence[str]) -> str:
            return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

        return "\n".join([line(self.columns), line(["-" * width for width in widths]), *(line(row) for row in self.rows)])


@dataclass(frozen=True, slots=True)
class Section:
    """What one command measured.

    name: that of its marker in the README.
    notes: sentences a reader needs beside the table.
    """

    name: str
    table: Table
    notes: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = field(default=())

    def markdown(self, provenance: Sequence[str]) -> str:
        """The table, its notes, its verdicts and where the numbers come from."""
        parts = [self.table.markdown()]
        if self.notes:
            parts.append("\n".join(self.notes))
        if self.verdicts:
            parts.append(Table(BAR_COLUMNS, tuple(verdict.cells() for verdict in self.verdicts)).markdown())
        parts.append("\n".join(f"- {line}" for line in provenance))
        return "\n\n".join(parts)


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- table:{re.escape(name)} -->\n).*?(<!-- /table -->)", re.DOTALL)


def replaced(document: str, name: str, content: str) -> str:
    """`document` with `content` between the markers of `name`. Raises MarkerMissing."""
    pattern = _between(name)
    if pattern.search(document) is None:
        raise MarkerMissing(f"no <!-- table:{name} --> ... <!-- /table --> in the document")
    return pattern.sub(lambda match: f"{match[1]}\n{content}\n\n{match[2]}", document, count=1)


def with_verdicts(document: str, verdicts: Sequence[Verdict]) -> str:
    """`document` with its table of bars brought up to date; bars that were not measured this time keep what they had."""
    found = _between("bars").search(document)
    rows = {bar.name: (bar.name, f"{bar.side.value} {bar.limit:g}{bar.unit}", "not measured", "") for bar in bars.ALL}
    for line in found[0].splitlines() if found else ():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if len(cells) == len(BAR_COLUMNS) and cells[0] in rows:
            rows[cells[0]] = (cells[0], rows[cells[0]][1], cells[2], cells[3])
    for verdict in verdicts:
        rows[verdict.bar.name] = verdict.cells()
    return replaced(document, "bars", Table(BAR_COLUMNS, tuple(rows.values())).markdown())


def write(path: Path, section: Section, provenance: Sequence[str]) -> None:
    """Put a section and its verdicts into the document at `path`."""
    document = replaced(path.read_text(encoding="utf-8"), section.name, section.markdown(provenance))
    path.write_text(with_verdicts(document, section.verdicts), encoding="utf-8")
