"""The shape of the tree: sizes, names, what may be tracked. `style.md` argues for each rule."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "voxhelm"

MODULE_LINES = 500
FUNCTION_LINES = 60
FUNCTION_PARAMETERS = 7

# `module.py` or `module.py:Class.function` relative to src/voxhelm -> why it may be larger. A stale entry fails a test below.
EXCEPTIONS: dict[str, str] = {}

NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "base", "misc"}

# Spelt in pieces, so that this file does not hold what it forbids.
MACHINE_PATHS = tuple("/" + folder + "/" for folder in ("work", "tmp", "root"))
REGISTRY_HOSTS = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
    )
)
FORBIDDEN = re.compile(
    "|".join([*(rf"(?<![\w.:-]){re.escape(path)}\w" for path in MACHINE_PATHS), *(re.escape(host) for host in REGISTRY_HOSTS)])
)

LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-uv.lock")

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def functions_of(path: Path) -> Iterator[tuple[str, type_of_function]]:
    """Every function of a module with its dotted name, methods and nested functions too."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, type_of_function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    yield name, child
                yield from walk(child, f"{name}.")
            else:
                yield from walk(child, prefix)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), "")


def parameters_of(function: type_of_function) -> int:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    own = 1 if named and named[0].arg in {"self", "cls", "mcs"} else 0
    return len(named) - own + (given.vararg is not None) + (given.kwarg is not None)


def oversized() -> dict[str, str]:
    """What is larger than the house allows, by the name an exception would have."""
    found: dict[str, str] = {}
    for path in modules():
        module = path.relative_to(SOURCE).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MODULE_LINES:
            found[module] = f"{lines} lines, {MODULE_LINES} are allowed"
        for name, function in functions_of(path):
            faults = []
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES:
                faults.append(f"{length} lines, {FUNCTION_LINES} are allowed")
            if (count := parameters_of(function)) > FUNCTION_PARAMETERS:
                faults.append(f"{count} parameters, {FUNCTION_PARAMETERS} are allowed")
            if faults:
                found[f"{module}:{name}"] = "; ".join(faults)
    return found


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone: the rule is about tracked files")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def locked(name: str) -> dict[str, tuple[list[Requirement], list[str]]]:
    """A lock's packages: the pins of each (several when markers differ) and all of its hashes."""
    packages: dict[str, tuple[list[Requirement], list[str]]] = {}
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        entry = line.split(" #")[0].strip()
        if not entry or entry.startswith("#"):
            continue
        pin, *hashes = re.split(r"\s+--hash=", entry)
        requirement = Requirement(pin)
        pins, digests = packages.setdefault(canonicalize_name(requirement.name), ([], []))
        pins.append(requirement)
        digests.extend(hashes)
        assert hashes, f"{name}: {pin} has no hash"
    return packages


def test_modules_and_functions_stay_small() -> None:
    too_large = {name: fault for name, fault in oversized().items() if name not in EXCEPTIONS}
    assert not too_large, "split these, or list them in EXCEPTIONS with a reason: " + repr(too_large)


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    assert set(EXCEPTIONS) <= set(oversized())
    assert all(reason.strip() for reason in EXCEPTIONS.values())


def test_packages_open_with_a_docstring_and_nothing_else() -> None:
    for path in SOURCE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        only_docstring = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        assert only_docstring, f"{path.relative_to(ROOT)} holds more, or less, than a docstring"
        duty, _, limits = str(body[0].value.value).partition("\n\n")  # type: ignore[attr-defined]
        assert duty.strip(), f"{path.relative_to(ROOT)} must say what the package does"
        assert limits.strip(), f"{path.relative_to(ROOT)} must say, in a second paragraph, what the package never does"


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_names_say_what_is_inside() -> None:
    folders = [SOURCE, ROOT / "benchmarks", ROOT / "tests", ROOT / "console"]
    paths = [path.relative_to(ROOT) for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".js"}]
    empty = [path for path in paths if NAMES_THAT_SAY_NOTHING & {part.split(".")[0] for part in path.parts}]
    assert not empty, f"name these for what they do: {empty}"


def test_unit_tests_mirror_the_tree() -> None:
    """`test_<module>.py`, or `test_<module>_<aspect>.py` where one file would be too long."""
    unit = ROOT / "tests" / "unit"
    strays = []
    for path in unit.rglob("test_*.py"):
        folder = path.relative_to(unit).parent
        home = ROOT / folder if folder.parts[:1] in {("benchmarks",), ("scripts",)} else SOURCE / folder
        words = path.stem.removeprefix("test_").split("_")
        subjects = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
        if not any((home / f"{subject}.py").exists() or (home / subject / "__init__.py").exists() for subject in subjects):
            strays.append(path.relative_to(ROOT).as_posix())
    assert not strays, f"these test no module of the same name: {strays}"


def test_tracked_files_name_no_machine_path_and_no_registry() -> None:
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
            if match := FORBIDDEN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", [f"see {MACHINE_PATHS[1]}x", f"'{MACHINE_PATHS[0]}main'", f"index = https://{REGISTRY_HOSTS[0]}/simple"]
)
def test_the_forbidden_pattern_finds_what_it_forbids(text: str) -> None:
    assert FORBIDDEN.search(text)
    assert not FORBIDDEN.search("https://example.org/work/in/progress and a frame" + "work/tmp/file")


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_everything_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--extra-index" not in text
    for package, (pins, digests) in locked(name).items():
        assert all(len(list(pin.specifier)) == 1 and str(pin.specifier).startswith("==") for pin in pins), package
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests), package


def declared(group: str | None) -> list[Requirement]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    entries = content["project"]["dependencies"] if group is None else content["dependency-groups"][group]
    return [Requirement(entry) for entry in entries]


@pytest.mark.parametrize(
    ("lock", "group"),
    [
        ("requirements.lock", None),
        ("requirements.lock", "build"),
        ("requirements-test.lock", None),
        ("requirements-test.lock", "test"),
    ],
)
def test_locks_hold_what_the_project_declares(lock: str, group: str | None) -> None:
    packages = locked(lock)
    for wanted in declared(group):
        pins, _ = packages.get(canonicalize_name(wanted.name), ([], []))
        assert pins, f"{wanted.name} is declared and not in {lock}: run `make lock`"
        for pin in pins:
            (version,) = pin.specifier
            fits = wanted.specifier.contains(version.version, prereleases=True)
            assert fits, f"{lock} pins {pin}, declared is {wanted}: run `make lock`"


def test_both_locks_agree_on_the_versions_that_run() -> None:
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: [str(pin) for pin in pins] for name, (pins, _) in run.items()} == {
        name: [str(pin) for pin in test[name][0]] for name in run
    }
