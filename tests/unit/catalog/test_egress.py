from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.catalog.egress import EgressPolicy, with_egress_host
from voxhelm.catalog.engines import FoundEngine
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.domain.errors import EgressForbidden, ModelNotFound, VoiceNotFound
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.voice import Voice
from voxhelm.testing.engine import ENGINE


def engine(name, preference, egress=None, **settings):
    return FoundEngine(
        replace(
            ENGINE,
            name=name,
            capabilities=replace(ENGINE.capabilities, preference=preference, egress=egress),
            discover=lambda _: [ModelSpec(name, name, Capability.SPEECH, ("en",), settings=settings)],
            voices=lambda _: [Voice(f"{name}-voice", name, ("en",))],
        ),
        f"nowhere:{name}",
    )


def catalog(policy):
    found = [
        engine("here", 1),
        engine("cloud", 90, egress="speech.example.com"),
        engine("remote", 95, egress_host="tts.example.org"),
        engine("lan", 2, url="http://10.0.0.5"),
    ]
    return Catalog({one.engine.name: one for one in found}, Path("nowhere"), {"nice": "cloud"}, policy)


@pytest.fixture
def closed():
    return catalog(EgressPolicy())


@pytest.fixture
def opened():
    return catalog(EgressPolicy(allow_cloud=True))


def ids(specs):
    return [spec.id for spec in specs]


def test_a_model_says_where_it_sends_things_whether_its_engine_or_its_files_say_so(opened):
    assert [spec.egress_host for spec in opened.models] == ["tts.example.org", "speech.example.com", None, None]


def test_what_a_model_says_itself_wins_over_its_engine():
    spec = ModelSpec("x", "x", Capability.SPEECH, ("en",), settings={"egress_host": "own.example.com"})
    assert with_egress_host(spec, engine("x", 1, egress="engine.example.com").engine).egress_host == "own.example.com"


def test_without_permission_nothing_that_leaves_is_listed_or_chosen(closed):
    assert ids(closed.models) == ["lan", "here"]
    assert ids(closed.candidates("auto", Capability.SPEECH)) == ["lan", "here"]
    assert ids(closed.candidates("tts-1", Capability.SPEECH)) == ["lan", "here"]
    assert "nice" not in closed.aliases


def test_with_permission_everything_is(opened):
    assert ids(opened.candidates("auto", Capability.SPEECH)) == ["remote", "cloud", "lan", "here"]
    assert opened.candidates("nice", Capability.SPEECH)[0].id == "cloud"


@pytest.mark.parametrize("name", ["cloud", "remote", "nice"])
def test_naming_such_a_model_is_refused_with_the_host_and_the_setting(closed, name):
    with pytest.raises(EgressForbidden, match=r"example\.(com|org).*egress\.allow_cloud") as caught:
        closed.candidates(name, Capability.SPEECH)
    assert caught.value.param == "model"
    if name != "nice":
        with pytest.raises(EgressForbidden):
            closed.installed(name)


def test_a_model_that_does_not_exist_is_still_not_found(closed):
    with pytest.raises(ModelNotFound):
        closed.candidates("clouds", Capability.SPEECH)


def test_its_voices_are_not_found_and_refused_by_their_full_names(closed, opened):
    book = VoiceBook(closed, {"hers": LogicalVoice(model="cloud")}, {})
    with pytest.raises(VoiceNotFound):
        book.choose("cloud-voice", "auto", lambda: ["en"])
    with pytest.raises(EgressForbidden):
        book.choose("cloud/cloud-voice", "auto", lambda: ["en"])
    with pytest.raises(EgressForbidden):
        book.choose("hers", "auto", lambda: ["en"])
    assert VoiceBook(opened, {}, {}).choose("cloud-voice", "auto", lambda: ["en"]).spec.id == "cloud"
