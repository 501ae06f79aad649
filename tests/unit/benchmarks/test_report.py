from pathlib import Path

import pytest

from benchmarks import bars, report
from benchmarks.report import MarkerMissing, Section, Table

DOCUMENT = """# Title

<!-- table:bars -->
<!-- /table -->

<!-- table:speech -->
old
<!-- /table -->

after
"""
SECTION = Section("speech", Table(("format", "ms"), (("mp3", "1"), ("opus", "20"))), ("A note.",), (bars.READY.measured(1.5),))


def test_a_table_lines_up() -> None:
    assert SECTION.table.markdown() == "| format | ms |\n| ------ | -- |\n| mp3    | 1  |\n| opus   | 20 |"


def test_a_section_replaces_what_was_between_its_markers(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    report.write(path, SECTION, ["a machine"])
    once = path.read_text(encoding="utf-8")
    report.write(path, SECTION, ["a machine"])
    assert path.read_text(encoding="utf-8") == once
    assert "old" not in once
    assert "| opus   | 20 |" in once
    assert "A note." in once
    assert "- a machine" in once
    assert once.endswith("<!-- /table -->\n\nafter\n")


def test_bars_keep_what_another_run_measured() -> None:
    first = report.with_verdicts(DOCUMENT, [bars.READY.measured(1.5)])
    second = report.with_verdicts(first, [bars.IDLE_MEMORY.measured(200)])
    rows = {
        row[0]: row
        for row in ([cell.strip() for cell in line.strip("|").split("|")] for line in second.splitlines() if "|" in line)
    }
    assert rows[bars.READY.name] == [bars.READY.name, "<= 2 s", "1.5 s", "met"]
    assert rows[bars.IDLE_MEMORY.name] == [bars.IDLE_MEMORY.name, "<= 150 MB", "200 MB", "**missed**"]
    assert rows[bars.ISOLATION.name][2] == "not measured"


def test_a_document_without_the_marker_is_refused() -> None:
    with pytest.raises(MarkerMissing, match="table:memory"):
        report.replaced(DOCUMENT, "memory", "x")
