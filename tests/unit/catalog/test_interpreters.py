from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.egress import EgressPolicy
from voxhelm.catalog.engines import FoundEngine, find_engines, remedy_for
from voxhelm.catalog.interpreters import Interpreter, Interpreters, requirements_of
from voxhelm.catalog.models import Catalog
from voxhelm.domain.engine import Environment
from voxhelm.testing.engine import ENGINE

HEAVY = replace(
    ENGINE,
    name="heavy",
    environment=Environment(("heavy==1",), ("heavy",), ("3.11",)),
    discover=lambda directory: [replace(spec, engine="heavy") for spec in ENGINE.discover(directory)],
)


@pytest.fixture
def managed(tmp_path):
    """Where Voxhelm makes one; nothing is there yet."""
    found = Interpreters(directory=tmp_path / "interpreters").of(HEAVY)
    assert found is not None
    return found


def put(python: Path) -> None:
    python.parent.mkdir(parents=True)
    python.touch()


def said_of(interpreter: Interpreter):
    (finding,) = [one for one in FoundEngine(HEAVY, "nowhere:ENGINE", interpreter).diagnose() if "interpreter" in one.subject]
    return finding


def test_an_engine_without_conflicts_runs_in_ours(tmp_path):
    assert Interpreters({"fake": tmp_path}).of(ENGINE) is None


def test_an_engines_own_is_where_voxhelm_makes_it_or_where_the_operator_says(tmp_path):
    interpreters = Interpreters({"heavy": Path("/opt/heavy/bin/python")}, tmp_path)
    assert interpreters.of(HEAVY) == Interpreter(Path("/opt/heavy/bin/python"), managed=False)
    assert interpreters.of(replace(HEAVY, name="other")) == Interpreter(tmp_path / "other" / "bin" / "python", managed=True)


def test_one_of_ours_counts_only_when_it_is_whole(managed):
    assert "not installed" in said_of(managed).detail
    put(managed.python)
    assert not managed.is_there()
    assert "broken off" in said_of(managed).detail
    assert said_of(managed).remedy == "voxhelm engines install heavy"
    managed.finished(requirements_of(HEAVY))
    assert managed.is_there()
    assert said_of(managed).ok
    managed.unfinished()
    assert not managed.is_there()


def test_one_that_was_made_for_other_packages_works_and_is_told(managed):
    put(managed.python)
    managed.finished(("heavy==0.9",))
    assert managed.is_there()
    assert not said_of(managed).ok
    assert said_of(managed).remedy == "voxhelm engines install heavy"


def test_an_operators_own_is_there_when_its_file_is(tmp_path):
    theirs = Interpreter(tmp_path / "bin" / "python", managed=False)
    assert "which models.interpreters names" in said_of(theirs).detail
    assert said_of(theirs).remedy == f"uv pip install --python {theirs.python} 'msgspec>=0.20' 'numpy>=1.26' 'heavy==1'"
    put(theirs.python)
    assert said_of(theirs).ok


def test_models_are_there_when_their_interpreter_is(managed):
    found = FoundEngine(HEAVY, "nowhere:ENGINE", managed)
    catalog = Catalog({"heavy": found}, Path("nowhere"), {})
    assert catalog.models == ()
    assert "voxhelm engines install heavy" in remedy_for({"heavy": found}, "heavy")
    put(managed.python)
    managed.finished(requirements_of(HEAVY))
    catalog.adopt(catalog.scan())
    assert catalog.interpreter_of("fake-speech") == managed.python


def test_models_of_other_engines_have_ours():
    catalog = Catalog({"fake": FoundEngine(ENGINE, "nowhere:ENGINE")}, Path("nowhere"), {})
    assert catalog.interpreter_of("fake-speech") is None


def test_settings_of_the_operator_reach_a_model_and_hide_nothing_that_the_engine_knows():
    def discover(directory):
        return [replace(spec, settings={"egress_host": "example.org"}) for spec in ENGINE.discover(directory)]

    found = FoundEngine(replace(ENGINE, discover=discover), "nowhere:ENGINE")
    wanted = {"fake-speech": {"threads": "2", "egress_host": ""}}
    catalog = Catalog({"fake": found}, Path("nowhere"), {}, EgressPolicy(allow_cloud=True), wanted)
    assert catalog.installed("fake-speech").settings == {"threads": "2", "egress_host": "example.org"}
    assert catalog.installed("fake-transcription").settings == {"egress_host": "example.org"}


def test_settings_of_an_engine_reach_all_its_models_and_give_way_to_those_of_one():
    found = {"fake": FoundEngine(ENGINE, "nowhere:ENGINE")}
    of_engine, of_model = {"fake": {"threads": "2", "seed": "7"}}, {"fake-speech": {"threads": "4"}}
    catalog = Catalog(found, Path("nowhere"), {}, settings=of_model, engine_settings=of_engine)
    assert catalog.installed("fake-speech").settings == {"threads": "4", "seed": "7"}
    assert catalog.installed("fake-transcription").settings == {"threads": "2", "seed": "7"}


def test_every_engine_that_is_found_knows_its_interpreter(tmp_path):
    found = find_engines((), {"chatterbox": tmp_path / "python"}).working
    assert found["chatterbox"].interpreter == Interpreter(tmp_path / "python", managed=False)
    assert found["espeak"].interpreter is None
