from dataclasses import dataclass

import pytest
from rich.text import Text

from voxhelm.cli.tables import print_json, print_table


@dataclass
class Pair:
    name: str
    languages: tuple[str, ...]


def test_a_pipe_gets_whole_lines_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME", "WORDS"), [("[bold]a", "x " * 200 + "end"), (Text("b", "red"), "")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "NAME     WORDS"
    assert lines[1].startswith("[bold]a  x x")
    assert lines[1].endswith("end")
    assert lines[2] == "b"


def test_json_keeps_every_alphabet(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Pair("Тон", ("bg",))])
    assert capsys.readouterr().out == '[\n  {\n    "name": "Тон",\n    "languages": [\n      "bg"\n    ]\n  }\n]\n'
