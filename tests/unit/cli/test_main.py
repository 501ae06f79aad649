import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from voxhelm.cli.failure import EXIT_CODES
from voxhelm.cli.main import program

COMMANDS = ("serve", "say", "hear", "voices", "models", "pull", "rm", "keys", "cache", "doctor", "config")


def output_of(*arguments: str) -> str:
    ran = subprocess.run([sys.executable, "-m", "voxhelm", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout


def test_the_version_is_the_packages() -> None:
    assert output_of("--version") == f"voxhelm {version('voxhelm')}\n"


def test_help_names_every_command_and_the_exit_codes() -> None:
    told = output_of("--help")
    assert all(re.search(rf"^│ {command} ", told, re.MULTILINE) for command in COMMANDS)
    assert "Exit codes" in told


def test_help_brings_nothing_heavy() -> None:
    code = "import sys; sys.argv=['voxhelm', '--help']\nfrom voxhelm.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print(sorted({'numpy', 'av', 'fastapi', 'httpx', 'pydantic_settings', 'voxhelm.compose'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_or_words_and_exit_codes(command: str) -> None:
    result = program().commands[command]
    assert result.help
    assert result.epilog.endswith(EXIT_CODES)


@pytest.mark.parametrize("arguments", [("sing",), ("say", "--speed", "9"), ("hear",), ("serve", "--port", "-1")])
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    ran = subprocess.run([sys.executable, "-m", "voxhelm", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    ran = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", f"'{sys.executable}' -m voxhelm config --schema | head -c 10"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    assert ran.returncode in (0, 141)
