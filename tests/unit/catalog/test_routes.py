import pytest

from voxhelm.catalog.routes import RouteTable
from voxhelm.domain.model import Capability, ModelSpec

SPEECH = Capability.SPEECH


def spec(model_id):
    return ModelSpec(model_id, "engine", SPEECH, ("bg", "en"))


INSTALLED = [spec("espeak-ng"), spec("piper-bg"), spec("flite")]


def ids(specs):
    return [one.id for one in specs]


def test_without_a_route_the_order_stays():
    assert ids(RouteTable({}).ordered(SPEECH, "bg", INSTALLED)) == ["espeak-ng", "piper-bg", "flite"]


@pytest.mark.parametrize(("language", "order"), [("bg", ["piper-bg", "espeak-ng"]), ("en", ["flite"]), (None, ["flite"])])
def test_a_language_has_the_route_of_its_own_or_that_of_all_others(language, order):
    table = RouteTable({SPEECH: {"bg": ["piper-bg", "espeak-ng"], "*": ["flite"]}})
    assert ids(table.ordered(SPEECH, language, INSTALLED)) == order


def test_a_route_of_one_capability_says_nothing_of_another():
    table = RouteTable({Capability.TRANSCRIPTION: {"*": ["flite"]}})
    assert ids(table.ordered(SPEECH, "bg", INSTALLED)) == ["espeak-ng", "piper-bg", "flite"]


def test_steps_that_are_not_there_are_passed_over():
    table = RouteTable({SPEECH: {"*": ["piper:bg_BG-dimitar-medium", "flite"]}})
    assert ids(table.ordered(SPEECH, "bg", INSTALLED)) == ["flite"]


def test_where_no_step_is_among_the_models_all_of_them_stay():
    table = RouteTable({SPEECH: {"*": ["whisper-small"]}})
    assert ids(table.ordered(SPEECH, "bg", INSTALLED)) == ids(INSTALLED)


def test_a_step_may_be_an_alias_or_the_name_it_was_pulled_by():
    pulled = [*INSTALLED, spec("bg_BG-dimitar-medium")]
    table = RouteTable({SPEECH: {"*": ["piper:bg_BG-dimitar-medium", "mine"]}}, {"mine": "espeak-ng"})
    assert ids(table.ordered(SPEECH, "bg", pulled)) == ["bg_BG-dimitar-medium", "espeak-ng"]
