import importlib.util
from pathlib import Path

import pytest

from voxhelm.catalog.egress import EgressPolicy
from voxhelm.catalog.engines import find_engines
from voxhelm.catalog.models import Catalog
from voxhelm.domain.errors import EgressForbidden, ModelLoadFailed
from voxhelm.domain.model import Capability, Placement
from voxhelm.engines.edge_tts.engine import ENGINE

NOWHERE = Path("nowhere")


def catalog(policy):
    engines = {name: one for name, one in find_engines().working.items() if name in ("espeak", "edge_tts")}
    return Catalog(engines, NOWHERE, {}, policy)


def test_it_is_off_unless_the_operator_says_otherwise():
    closed, opened = catalog(EgressPolicy()), catalog(EgressPolicy(allow_cloud=True))
    assert [spec.id for spec in closed.models] == ["espeak-ng"]
    with pytest.raises(EgressForbidden, match=r"speech\.platform\.bing\.com"):
        closed.candidates("edge-tts", Capability.SPEECH)
    assert opened.candidates("edge-tts", Capability.SPEECH)[0].egress_host == "speech.platform.bing.com"


def test_allowed_is_not_wished_for():
    assert [spec.id for spec in catalog(EgressPolicy(allow_cloud=True)).candidates("auto", Capability.SPEECH)] == [
        "espeak-ng",
        "edge-tts",
    ]


def test_the_host_is_the_one_that_the_package_talks_to():
    import edge_tts.constants

    assert edge_tts.constants.WSS_URL.startswith(f"wss://{ENGINE.capabilities.egress}/")


def test_without_the_package_nothing_is_found_and_the_remedy_is_told(monkeypatch):
    (spec,) = ENGINE.discover(NOWHERE)
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "edge_tts" else find_spec(name))
    assert ENGINE.discover(NOWHERE) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert "voxhelm[edge]" in finding.remedy
    with pytest.raises(ModelLoadFailed, match="not installed"), ENGINE.load(spec, Placement()):
        pass


def test_with_the_package_the_doctor_says_where_texts_would_go():
    (finding,) = ENGINE.diagnose()
    assert finding.ok
    assert "speech.platform.bing.com" in finding.detail
