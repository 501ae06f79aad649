import asyncio

import pytest

from voxhelm.domain.errors import InsufficientMemory
from voxhelm.serving.warming import Warming
from voxhelm.telemetry.log import silent_log


class Loads:
    """Loads what it is told to, when it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.loaded: set[str] = set()
        self.go_on = asyncio.Event()

    async def load(self, model_id: str) -> None:
        self.begun.append(model_id)
        await self.go_on.wait()
        if model_id == "large":
            raise InsufficientMemory("There is no room.", retry_after_seconds=1.0)
        self.loaded.add(model_id)

    def is_away(self, model_id: str) -> bool:
        return model_id not in self.loaded


@pytest.fixture
async def loads():
    return Loads()


@pytest.fixture
async def warming(loads):
    return Warming(loads.load, loads.is_away, silent_log())


async def test_what_is_away_is_loaded_once_for_all_who_want_it(loads, warming):
    warming.warm(["ear", "voice"])
    warming.warm(["voice", "ear"])
    loads.go_on.set()
    await warming.settle()
    assert loads.begun == ["ear", "voice"]
    warming.warm(["ear", "voice"])
    await warming.settle()
    assert loads.begun == ["ear", "voice"]
    loads.loaded.discard("ear")
    warming.warm(["ear", "voice"])
    await warming.settle()
    assert loads.begun == ["ear", "voice", "ear"]


async def test_what_cannot_be_loaded_troubles_nobody_and_is_tried_again(loads, warming):
    loads.go_on.set()
    warming.warm(["large", "ear"])
    await warming.settle()
    assert loads.loaded == {"ear"}
    warming.warm(["large"])
    await warming.settle()
    assert loads.begun == ["large", "ear", "large"]


async def test_who_stops_waits_for_no_load(loads, warming):
    warming.warm(["ear", "voice"])
    await asyncio.sleep(0)
    await warming.aclose()
    assert loads.begun == ["ear", "voice"]
    assert loads.loaded == set()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("warm-")]
