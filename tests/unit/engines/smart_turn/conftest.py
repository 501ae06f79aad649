import pytest

from voxhelm.domain.model import Placement
from voxhelm.engines.smart_turn.engine import ENGINE
from voxhelm.testing.models.smart_turn import write_smart_turn


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    return write_smart_turn(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def judge(file):
    spec = next(spec for spec in ENGINE.discover(file.parent) if spec.path == file)
    with ENGINE.load(spec, Placement()) as loaded:
        yield loaded
