"""Making the interpreter of an engine that needs one of its own: a virtual environment with its packages."""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree, which
from typing import Final

from voxhelm.catalog.disk import FolderLock, free_bytes, require_room
from voxhelm.catalog.interpreters import Interpreter, modules_of, requirements_of
from voxhelm.domain.engine import Engine, Environment
from voxhelm.hosting.probe import Unanswered, probe

# What installers say when nobody answers, in lower case.
NO_NETWORK: Final = (
    "dns error",
    "failed to establish a new connection",
    "could not connect",
    "name resolution",
    "error sending request",
    "network is unreachable",
    "connection refused",
    "timed out",
)
REMEMBERED_LINES: Final = 40


class EnvironmentFailed(Exception):
    """It could not be made. `message` says what to do."""

    def __init__(self, message: str) -> None:
        """message: for people."""
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Making:
    """How an environment is to be made.

    python: the interpreter to make it from; None finds one. wheels: a folder to take packages from, and then no network is asked.
    """

    python: Path | None = None
    wheels: Path | None = None


def make_environment(engine: Engine, interpreter: Interpreter, making: Making, tell: Callable[[str], None]) -> None:
    """Install what `engine` needs where `interpreter` is, or go on with what was broken off. Blocking: it takes minutes.

    tell: is given each line that the installers write.
    Raises EnvironmentFailed saying what to do, DiskFull.
    """
    environment = engine.environment
    if environment is None:
        raise EnvironmentFailed(f"The engine '{engine.name}' needs no interpreter of its own.")
    if not interpreter.managed:
        raise EnvironmentFailed(
            f"models.interpreters says that '{engine.name}' has {interpreter.python}, which is yours: take it out of the settings, "
            "or install the packages there yourself; `voxhelm doctor` prints the command."
        )
    if making.wheels is not None and not making.wheels.is_dir():
        raise EnvironmentFailed(f"There is no folder {making.wheels} to take packages from.")
    with _only_one(interpreter.folder):
        require_room(environment.disk_bytes, free_bytes(interpreter.folder) + _size_bytes(interpreter.folder), interpreter.folder)
        interpreter.unfinished()
        _prepare(engine, environment, interpreter, making, tell)
        _install(requirements_of(engine), interpreter, making, tell)
        lacking = probe(interpreter.python, modules_of(engine)).missing
        if lacking:
            raise EnvironmentFailed(
                f"The packages of '{engine.name}' were installed, and yet {', '.join(lacking)} cannot be found there."
            )
        interpreter.finished(requirements_of(engine))


def find_python(environment: Environment, wanted: Path | None) -> str:
    """What to make an environment from: a path, or a version where uv is to find it. Raises EnvironmentFailed."""
    if wanted is not None:
        version = _version(wanted)
        if version not in environment.pythons:
            raise EnvironmentFailed(f"{wanted} is Python {version}, and what is wanted is {_any_of(environment.pythons)}.")
        return str(wanted)
    for version in environment.pythons:
        found = which(f"python{version}")
        if found is not None and _version_or_none(Path(found)) == version:
            return found
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    if own in environment.pythons:
        return sys.executable
    if _uv() is not None:
        # It knows more places than the path, and may fetch one.
        return environment.pythons[0]
    raise EnvironmentFailed(
        f"It needs Python {_any_of(environment.pythons)}; this one is {own}, and no other was found. "
        "Install one, or uv, which finds and fetches them; or name one with --python."
    )


def _prepare(
    engine: Engine, environment: Environment, interpreter: Interpreter, making: Making, tell: Callable[[str], None]
) -> None:
    """See to it that there is a virtual environment of the right version."""
    if interpreter.python.exists():
        there = _version_or_none(interpreter.python)
        if there in environment.pythons and (making.python is None or there == _version(making.python)):
            return
        tell(f"{interpreter.folder} is made anew: it is not of a version that {engine.name} works with.")
    python = find_python(environment, making.python)
    rmtree(interpreter.folder, ignore_errors=True)
    interpreter.folder.parent.mkdir(parents=True, exist_ok=True)
    uv = _uv()
    if uv is not None:
        _run([uv, "venv", "--quiet", "--python", python, str(interpreter.folder)], tell)
    else:
        _run([python, "-m", "venv", str(interpreter.folder)], tell)


def _install(requirements: Sequence[str], interpreter: Interpreter, making: Making, tell: Callable[[str], None]) -> None:
    uv = _uv()
    if uv is not None:
        command = [uv, "pip", "install", "--python", str(interpreter.python)]
    else:
        command = [str(interpreter.python), "-m", "pip", "install", "--progress-bar", "off"]
    if making.wheels is not None:
        command += ["--no-index", "--find-links", str(making.wheels)]
    _run([*command, *requirements], tell)


def _run(command: Sequence[str], tell: Callable[[str], None]) -> None:
    """Run an installer, passing on what it says. Raises EnvironmentFailed."""
    said: deque[str] = deque(maxlen=REMEMBERED_LINES)
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            try:
                for line in process.stdout:
                    said.append(line)
                    tell(line.rstrip())
            except BaseException:
                process.terminate()
                raise
    except OSError as error:
        raise EnvironmentFailed(f"{command[0]} cannot be started: {error.strerror}.") from error
    if process.returncode == 0:
        return
    if any(sign in "".join(said).lower() for sign in NO_NETWORK):
        raise EnvironmentFailed(
            "The package index cannot be reached. What came is kept, and the same command goes on from there. Behind a mirror, "
            "set UV_DEFAULT_INDEX or PIP_INDEX_URL; without a network, bring the packages in a folder and name it with --wheels."
        )
    raise EnvironmentFailed(
        f"{Path(command[0]).name} ended with {process.returncode}; above is why. What came is kept for the next try."
    )


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    lock = FolderLock(folder.parent / f"{folder.name}.lock")
    if not lock.try_take():
        raise EnvironmentFailed(f"{folder} is being installed already, by another process.")
    try:
        yield
    finally:
        lock.give_back()


def _size_bytes(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_symlink()) if folder.is_dir() else 0


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else which("uv")


def _version(python: Path) -> str:
    try:
        return probe(python).version
    except Unanswered as error:
        raise EnvironmentFailed(f"{python}: {error.reason}.") from error


def _version_or_none(python: Path) -> str | None:
    try:
        return probe(python).version
    except Unanswered:
        return None


def _any_of(pythons: Sequence[str]) -> str:
    return " or ".join([", ".join(pythons[:-1]), pythons[-1]] if len(pythons) > 1 else pythons)
