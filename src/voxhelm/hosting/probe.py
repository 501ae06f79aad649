"""Asking an interpreter what it is and what it has, without importing any of it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Starting an interpreter takes a tenth of a second, on a disk that sleeps several.
PATIENCE_SECONDS: Final = 30.0
# Told in JSON by whatever Python it is, old ones too.
QUESTION: Final = """
import importlib.util, json, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
print(json.dumps({"version": "%d.%d" % sys.version_info[:2], "missing": missing}))
"""


@dataclass(frozen=True, slots=True)
class Probed:
    """version: such as `3.11`. missing: of the modules that were asked for, those it does not find."""

    version: str
    missing: tuple[str, ...]


class Unanswered(Exception):
    """What was asked is no Python, or cannot be run. `reason` is for people."""

    def __init__(self, reason: str) -> None:
        """reason: part of a sentence."""
        super().__init__(reason)
        self.reason = reason


def probe(python: Path, modules: Sequence[str] = ()) -> Probed:
    """Ask `python` for its version and which of the top-level `modules` it lacks. Blocking. Raises Unanswered."""
    try:
        ran = subprocess.run(
            [python, "-I", "-c", QUESTION, *modules], capture_output=True, check=False, text=True, timeout=PATIENCE_SECONDS
        )
        answer = json.loads(ran.stdout)
        return Probed(answer["version"], tuple(answer["missing"]))
    except OSError as error:
        raise Unanswered(f"it cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise Unanswered(f"it has not answered for {PATIENCE_SECONDS:.0f} s") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unanswered("it is no working Python 3") from error
