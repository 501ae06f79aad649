from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.recognisers import Recognisers
from voxhelm.domain.errors import LanguageUnsupported, ModelUnsuited
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.testing.engine import ENGINE


def recognisers_of(*models, diarizer=False):
    """Engines of one model each, in order of preference: its id, its languages, whether it translates and tells languages."""
    found = [
        engine(name, -number, Capability.TRANSCRIPTION, languages, able) for number, (name, languages, able) in enumerate(models)
    ]
    found += [engine("who", 0, Capability.DIARIZATION, (), False)] if diarizer else []
    return Recognisers(Catalog({one.engine.name: one for one in found}, Path("nowhere"), {}))


def engine(name, preference, capability, languages, able):
    capabilities = replace(ENGINE.capabilities, preference=preference, translates=able, detects_language=able)
    specs = [ModelSpec(name, name, capability, languages)]
    return FoundEngine(replace(ENGINE, name=name, capabilities=capabilities, discover=lambda _: specs), f"nowhere:{name}")


ENGLISH = ("small", ("en",), True)
MANY = ("large", ("en", "de", "bg"), True)
DEAF = ("other", ("en", "fr"), False)


def test_of_several_languages_as_many_as_possible_are_known():
    recognisers = recognisers_of(ENGLISH, DEAF, MANY)
    assert recognisers.hearing("auto", None, ("en", "bg")).id == "large"
    assert recognisers.hearing("auto", None, ("en",)).id == "small"
    assert recognisers.hearing("auto", "de", ("en",)).id == "large"
    assert recognisers.hearing("auto", None).id == "small"
    with pytest.raises(LanguageUnsupported) as refused:
        recognisers.hearing("small", None, ("de", "bg"))
    assert refused.value.param == "languages"


def test_an_english_model_translates_nothing_and_tells_no_language():
    recognisers = recognisers_of(ENGLISH, DEAF, MANY)
    assert recognisers.translating("auto").id == recognisers.telling_languages("auto").id == "large"
    for name in ("small", "other"):
        with pytest.raises(ModelUnsuited, match=f"Model '{name}' cannot.*voxhelm pull"):
            recognisers.translating(name)
    with pytest.raises(ModelUnsuited, match="No installed model can"):
        recognisers_of(ENGLISH, DEAF).telling_languages("auto")


def test_a_diariser_is_one_that_is_installed():
    assert recognisers_of(ENGLISH, diarizer=True).diarizing().id == "who"
    with pytest.raises(ModelUnsuited, match="tell-speakers-apart"):
        recognisers_of(ENGLISH).diarizing()


def test_turns_are_judged_by_the_preferred_model_and_by_none_where_there_is_none():
    judges = [engine(name, preference, Capability.TURN, (), False) for name, preference in (("quick", 1), ("sharp", 2))]
    recognisers = Recognisers(Catalog({one.engine.name: one for one in judges}, Path("nowhere"), {}))
    chosen = recognisers.judging_turns()
    assert chosen is not None
    assert chosen.id == "sharp"
    assert recognisers_of(ENGLISH).judging_turns() is None
