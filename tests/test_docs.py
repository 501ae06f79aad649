"""The documentation is true: what there is, is described, and what is described, is there."""

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import Counter
from pydantic import BaseModel
from starlette.routing import Mount
from typer import Context

from scripts import settings_reference
from voxhelm.api import errors as api_errors
from voxhelm.audio import encode
from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.aliases import OPENAI_MODELS, VOICE_NAMES
from voxhelm.cli.failure import ExitCode
from voxhelm.cli.main import HELP_NAMES, program
from voxhelm.compose import compose, compose_app
from voxhelm.config import NOT_SETTINGS, PREFIX, Settings, load_settings, setting_names
from voxhelm.domain import errors
from voxhelm.domain.errors import VoxhelmError
from voxhelm.telemetry.log import silent_log
from voxhelm.telemetry.metrics import Metrics

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
SOURCE = ROOT / "src" / "voxhelm"
EXAMPLE = REFERENCE / "voxhelm.example.yaml"

PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(ROOT).parts[:-1])
)
page_of_everything = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())

CODE = re.compile(r"`([^`]+)`")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
# What a page of ours calls a file of ours.
SOURCE_FILE = re.compile(r"[\w/]+\.py")


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return FENCE.sub("", text)


def sections(text: str, level: int) -> dict[str, str]:
    """What stands under each heading of a level, by the heading, up to the next heading of that level or above."""
    found: dict[str, str] = {}
    headings = [match for match in HEADING.finditer(without_code_kept_long(text)) if len(match[1]) <= level]
    for match, following in zip(headings, [*headings[1:], None], strict=True):
        if len(match[1]) == level:
            found[match[2].strip()] = text[match.end() : following.start() if following else len(text)]
    return found


def without_code_kept_long(text: str) -> str:
    """The text with what is in fences blanked, so that a comment of a shell is no heading and positions stay."""
    return FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row, headers and rulers left out."""
    lines = without_code(text).splitlines()
    for index, line in enumerate(lines):
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        if index + 1 < len(lines) and lines[index + 1].startswith("|-"):
            continue
        yield [cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def named(text: str, column: int = 0) -> list[str]:
    """The words in code in a column of the tables."""
    return [word for row in rows(text) if column < len(row) for word in CODE.findall(row[column])]


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub gives the headings of a page."""
    found: set[str] = set()
    for match in HEADING.finditer(without_code_kept_long(page.read_text(encoding="utf-8"))):
        text = LINK.sub(lambda link: link[0].split("]")[0][1:], match[2]).replace("`", "").strip().lower()
        kept = "".join(letter for letter in text if letter in " -_" or unicodedata.category(letter)[0] in "LN")
        found.add(kept.replace(" ", "-"))
    return found


def fences(language: str) -> list[Any]:
    return [
        pytest.param(page, match[2], id=f"{page.relative_to(ROOT).as_posix()}-{number}")
        for page in PAGES
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")))
        if match[1] == language
    ]


@pytest.fixture(scope="module")
def app():
    settings = Settings()
    return compose_app(compose(settings, silent_log()), settings)


@pytest.fixture
async def openapi(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        return (await client.get("/openapi.json")).json()


# --- settings


def test_every_setting_is_in_the_reference_and_none_is_there_that_does_not_exist():
    documented = [name for row in rows(read("reference/settings.md")) for name in CODE.findall(row[0]) if "." in name]
    assert documented == list(setting_names())


def test_the_reference_of_settings_is_what_the_settings_say():
    remedy = "run .venv/bin/python -m scripts.settings_reference"
    text = settings_reference.PAGE.read_text(encoding="utf-8")
    assert text == settings_reference.page(text), remedy
    assert EXAMPLE.read_text(encoding="utf-8") == settings_reference.example(), remedy


def test_every_setting_has_a_description():
    for section, field in Settings.model_fields.items():
        for key, one in section_fields(field.annotation).items():
            assert one.description, f"{section}.{key} has no description"


def section_fields(model: Any) -> dict[str, Any]:
    assert issubclass(model, BaseModel)
    return dict(model.model_fields)


@pytest.fixture
def no_settings_around(monkeypatch, tmp_path):
    """Nothing but what the test gives: no file in the current directory, no variable."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_the_example_configuration_changes_nothing(no_settings_around):
    assert load_settings(EXAMPLE, {}).model_dump() == load_settings(None, {}).model_dump()


def test_the_example_configuration_names_every_setting_and_its_examples_load(no_settings_around, tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    every = tmp_path / "every.yaml"
    every.write_text(re.sub(r"^( *)#(?=[\w{])", r"\1", text, flags=re.MULTILINE))
    settings = load_settings(every, {})
    assert settings.models.preload
    assert {
        f"{section}.{key}" for section in settings.model_fields_set for key in getattr(settings, section).model_fields_set
    } == set(setting_names())


def voxhelm_yaml() -> list[Any]:
    return [block for block in fences("yaml") if block.values[1].startswith("# voxhelm.yaml")]


@pytest.mark.parametrize(("page", "text"), voxhelm_yaml())
def test_configurations_in_the_documentation_load_and_fit_what_is_installed(no_settings_around, tmp_path, page, text):
    file = tmp_path / "here.yaml"
    file.write_text(text)
    compose(load_settings(file, {}), silent_log())


@page_of_everything
def test_variables_that_pages_name_are_settings(page):
    known = {PREFIX + name.replace(".", "__").upper() for name in setting_names()} | NOT_SETTINGS | {PREFIX}
    mentioned = set(re.findall(rf"\b{PREFIX}[A-Z_]*", page.read_text(encoding="utf-8")))
    assert {name for name in mentioned if name not in known and not any(name.startswith(one + "__") for one in known)} <= {
        "VOXHELM_SECTION__KEY"
    }


# --- API


def api_routes() -> dict[str, str]:
    """The section of each route of the page, by `METHOD /path`."""
    found: dict[str, str] = {}
    for heading, text in sections(read("reference/api.md"), 3).items():
        for name in CODE.findall(heading):
            if "/" in name:
                found[name] = text
    return found


async def test_every_route_is_in_the_reference_and_none_is_there_that_does_not_exist(openapi):
    existing = {f"{method.upper()} {path}" for path, methods in openapi["paths"].items() for method in methods}
    assert set(api_routes()) == existing


async def test_every_field_of_every_route_is_in_its_section_and_no_other(openapi):
    for route, text in api_routes().items():
        method, path = route.split(" ")
        operation = openapi["paths"][path][method.lower()]
        fields = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fields += content["schema"].get("properties", ())
        documented = [CODE.findall(row[0])[0] for row in rows(text.split("\n#### ")[0]) if len(row) == 4]
        assert sorted(documented) == sorted(fields), route


def test_every_route_outside_the_openapi_document_is_listed(app):
    listed = {name.split(" ")[-1] for name in named(sections(read("reference/api.md"), 2)["Not in the OpenAPI document"])}
    routes = list(every_route(app._app.routes))
    hidden = {route.path for route in routes if isinstance(route, Mount) or not getattr(route, "include_in_schema", False)}
    assert listed == hidden


def every_route(routes: Any) -> Iterator[Any]:
    """Routes, those of included routers too."""
    for route in routes:
        nested = getattr(route, "original_router", None) or getattr(route, "router", None)
        if nested is not None and not hasattr(route, "path"):
            yield from every_route(nested.routes)
        else:
            yield route


@pytest.mark.parametrize("name", [*OPENAI_MODELS, *VOICE_NAMES])
def test_names_of_openai_are_in_the_reference(name):
    assert f"`{name}`" in read("reference/api.md")


def test_every_format_of_speech_is_in_the_reference_with_its_type_and_rate():
    listed = {}
    for row in rows(read("reference/audio-formats.md")):
        if len(row) == 4:
            listed[CODE.findall(row[0])[0]] = (CODE.findall(row[1])[0], row[3])
    wanted = {}
    for one in AudioFormat:
        recipe = encode._RECIPES.get(one)
        bits = recipe.bits_per_second if recipe is not None else 24_000 * 16 if one is AudioFormat.PCM else None
        wanted[one.value] = (one.content_type, "varies" if bits is None else str(bits))
    assert listed == wanted


# --- errors


def domain_errors() -> dict[str, type[VoxhelmError]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VoxhelmError)]
    return {kind.code: kind for kind in kinds}


def codes_of_the_edge() -> set[str]:
    """The codes that api/errors.py gives to errors of the web framework."""
    source = Path(api_errors.__file__).read_text(encoding="utf-8")
    return set(re.findall(r'code="(\w+)"', source)) | set(api_errors.HTTP_CODES.values())


def documented_errors() -> dict[str, str]:
    """The status of each code, as the page has it."""
    return {CODE.findall(row[0])[0]: row[1] for row in rows(read("reference/errors.md"))}


def test_every_error_code_is_in_the_reference_and_none_is_there_that_does_not_exist():
    assert set(documented_errors()) == set(domain_errors()) | codes_of_the_edge()


def test_every_code_belongs_to_one_error():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VoxhelmError)]
    assert len({kind.code for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("code", [*domain_errors()])
def test_the_status_of_an_error_is_the_one_in_the_reference(code):
    told = documented_errors()[code]
    assert told in ("none", str(api_errors.envelope_of(domain_errors()[code]("x"))[0]))
    assert (told == "none") == (code in ("cancelled", "configuration_invalid"))


def test_statuses_of_the_web_framework_are_those_in_the_reference():
    documented = documented_errors()
    assert all(documented[code] == str(status) for status, code in api_errors.HTTP_CODES.items() if code not in domain_errors())


# --- metrics


def metrics() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Type, name as it is exposed, and labels of every metric of ours, by that name."""
    found = {}
    for metric in vars(Metrics()).values():
        if hasattr(metric, "_labelnames"):
            name = metric._name + "_total" if isinstance(metric, Counter) else metric._name
            found[name] = (metric._type, name, tuple(metric._labelnames))
    return found


def test_every_metric_is_in_the_reference_with_its_type_and_labels_and_no_other():
    listed = {}
    for row in rows(read("reference/metrics.md")):
        name = CODE.findall(row[0])[0]
        listed[name] = (row[1], name, tuple(CODE.findall(row[2])))
    assert listed == metrics()


def test_the_registry_holds_no_metric_that_the_reference_would_not_know():
    registered = {family.name for family in Metrics().registry.collect() if family.name.startswith("voxhelm_")}
    assert registered == {name.removesuffix("_total") for name in metrics()}


@page_of_everything
def test_metrics_that_pages_name_exist(page):
    mentioned = set(re.findall(r"\bvoxhelm_[a-z_]+\b", page.read_text(encoding="utf-8")))
    exposed = {name + suffix for name in metrics() for suffix in ("", "_bucket", "_sum", "_count")}
    assert {name for name in mentioned if not any(one.startswith(name) and name.endswith("_") for one in exposed)} <= exposed


# --- command line


def commands() -> dict[str, Any]:
    """The program and its commands, as the library that parses them has them."""
    found: dict[str, Any] = {}

    def walk(name: str, command: Any) -> None:
        found[name] = command
        for below, one in getattr(command, "commands", {}).items():
            walk(f"{name} {below}", one)

    walk("voxhelm", program())
    return found


def options_of(command: Any) -> set[str]:
    parameters = command.get_params(Context(command, help_option_names=HELP_NAMES))
    return {name for one in parameters for name in (*one.opts, *one.secondary_opts) if name.startswith("-")}


def test_every_command_is_in_the_reference_and_none_is_there_that_does_not_exist():
    headings = sections(read("reference/cli.md"), 2)
    assert [name for heading in headings for name in CODE.findall(heading)] == list(commands())


@pytest.mark.parametrize("name", commands())
def test_every_option_is_in_the_section_of_its_command_and_no_other(name):
    section = sections(read("reference/cli.md"), 2)[f"`{name}`"]
    documented = [option for option in named(section) if option.startswith("-")]
    # Help is everywhere, and told of once.
    told_elsewhere = set() if name == "voxhelm" else set(HELP_NAMES)
    assert set(documented) == options_of(commands()[name]) - told_elsewhere
    assert len(documented) == len(set(documented))


def test_every_exit_code_is_in_the_reference():
    listed = {CODE.findall(row[0])[0]: row[1] for row in rows(read("reference/cli.md").split("\n## ")[0])}
    assert listed == {str(code.value): code.name.lower().replace("_", " ") for code in ExitCode}


@page_of_everything
def test_commands_that_pages_name_exist(page):
    text = page.read_text(encoding="utf-8")
    code = "\n".join([*CODE.findall(without_code(text)), *(match[2] for match in FENCE.finditer(text) if match[1] == "sh")])
    mentioned = set(re.findall(r"(?:^|[\s/|])voxhelm ([a-z]+)\b", code, re.MULTILINE))
    # On the road, not there yet: pages may say so.
    assert mentioned <= {name.partition(" ")[2] for name in commands()} | {"governor"}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|\s)make ([a-z]+)\b", code, re.MULTILINE)) <= targets


# --- the rest


def test_every_engine_is_among_the_licences_with_its_own():
    listed = {CODE.findall(row[0])[0]: CODE.findall(row[1])[0] for row in rows(read("reference/licences.md"))}
    registered = [entry.load() for entry in entry_points(group="voxhelm.engines") if entry.value.startswith("voxhelm.")]
    assert listed == {engine.name: engine.licence for engine in registered}


def packages() -> set[str]:
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def test_every_package_is_in_the_map_of_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in packages() if not re.search(rf"(?<!\w){name}/", text)} == set()


def test_the_tower_of_the_architecture_is_the_one_that_stands():
    tower = sections(read("explanation/architecture.md"), 2)["The tower"]
    floors = [name.removesuffix("/") for name in named(tower)]
    modules = {path.name for path in SOURCE.glob("*.py") if not path.name.startswith("__")}
    assert sorted(floors) == sorted(packages() | modules)


@page_of_everything
def test_source_files_that_pages_name_exist(page):
    text = without_code(page.read_text(encoding="utf-8"))
    mentioned = {name for name in CODE.findall(text) if SOURCE_FILE.fullmatch(name)}
    missing = {name for name in mentioned if not (SOURCE / name).is_file() and not (ROOT / name).is_file()}
    # Names in a page about a folder may be relative to it.
    assert {name for name in missing if not (page.parent / name).is_file()} == set()


@page_of_everything
def test_tests_that_pages_name_exist(page):
    named = re.findall(r"`(tests/[\w./]+)(?:::(\w+))?`", without_code(page.read_text(encoding="utf-8")))
    missing = [f"{file}::{test}" for file, test in named if not (ROOT / file).exists() or not defines(ROOT / file, test)]
    assert missing == []


def defines(file: Path, test: str) -> bool:
    return not test or re.search(rf"^(?:async )?def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_what_is_claimed_to_be_compatible_names_its_test():
    answers = [row for row in rows(read("reference/compatibility.md")) if len(row) == 3]
    assert len(answers) > 50
    for feature, answer, how in answers:
        verdict = re.match(r"(yes|partly|not yet|no)\b", answer)
        assert verdict, f"{feature} has no answer"
        assert how or verdict[1] == "not yet", f"{feature}: say why"
        assert "`tests/" in how or verdict[1] in ("no", "not yet"), f"{feature} names no test"


@page_of_everything
def test_links_lead_somewhere(page):
    broken = []
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (fragment and fragment not in anchors(file)):
            broken.append(target)
    assert not broken


def test_every_page_can_be_reached_from_the_map():
    linked = {(DOCS / target).resolve() for target in LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))}
    pages = {page for page in DOCS.rglob("*") if page.suffix in {".md", ".yaml"} and page.name != "README.md"}
    assert {page for page in pages if page not in linked and page.parent not in linked} == set()


@pytest.mark.parametrize(("page", "text"), fences("python"))
def test_python_in_the_documentation_compiles(page, text):
    compile(text, str(page), "exec")


@pytest.mark.parametrize(("page", "text"), [block for block in fences("python") if block.values[1].startswith("# examples/")])
def test_code_that_says_where_it_is_from_is_there(page, text):
    origin, _, code = text.removeprefix("# ").partition("\n")
    source = (ROOT / origin).read_text(encoding="utf-8")
    assert all(part in source for part in code.rstrip().split("\n\n\n"))


@pytest.mark.parametrize(("page", "text"), fences("sh"))
def test_shell_in_the_documentation_parses(page, text):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    subprocess.run([bash, "-n"], input=text, text=True, check=True)
