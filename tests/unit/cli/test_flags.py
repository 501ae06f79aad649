from dataclasses import dataclass, field
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from voxhelm.cli.flags import takes_flags


@dataclass(frozen=True)
class Shared:
    quiet: Annotated[bool, typer.Option("--quiet")] = False
    depth: Annotated[int, typer.Option(min=1)] = 3


@dataclass(frozen=True)
class Flags:
    names: Annotated[list[str], typer.Argument()]
    size: Annotated[float | None, typer.Option("--size", "-s")] = None
    shared: Shared = field(default_factory=Shared)


def given(*arguments: str) -> Flags:
    seen: list[Flags] = []
    app = typer.Typer()
    app.command()(takes_flags(Flags, seen.append))
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_fields_are_flags_and_nested_types_are_their_flags() -> None:
    assert given("a", "b", "-s", "2", "--quiet", "--depth", "5") == Flags(["a", "b"], 2.0, Shared(quiet=True, depth=5))


def test_what_is_not_given_is_the_fields_default() -> None:
    assert given("a") == Flags(["a"], None, Shared(quiet=False, depth=3))


@pytest.mark.parametrize("arguments", [(), ("a", "--depth", "0"), ("a", "--unknown")])
def test_what_is_wrong_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    app = typer.Typer()
    app.command()(takes_flags(Flags, lambda _flags: None))
    assert CliRunner().invoke(app, arguments).exit_code == 2
