import asyncio

import pytest

from voxhelm.serving.kept_model import KeptModel
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.app import make_voxhelm

MODEL = "fake-turn"


@pytest.fixture
async def residency():
    voxhelm = make_voxhelm(models={"isolation": "inline", "time_to_live_seconds": 0})
    async with voxhelm.running():
        yield voxhelm.residency


async def until(condition):
    while not condition():
        await asyncio.sleep(0.001)


async def leased(kept):
    while (lease := kept.lease(MODEL)) is None:
        await asyncio.sleep(0.001)
    return lease


async def test_the_first_use_loads_and_does_not_wait(residency):
    kept = KeptModel(residency, silent_log())
    assert kept.lease(MODEL) is None
    await until(lambda: residency.host_of(MODEL) is not None)
    lease = await leased(kept)
    assert lease.host is residency.host_of(MODEL)
    assert kept.lease(MODEL) is lease
    kept.close()


async def test_it_is_given_back_a_while_after_the_last_use(residency):
    kept = KeptModel(residency, silent_log(), kept_seconds=0.05)
    await leased(kept)
    # Without a time to live of its own, it is unloaded as soon as nobody holds it.
    await until(lambda: residency.host_of(MODEL) is None)
    await leased(kept)
    kept.close()


async def test_closing_gives_it_back_at_once_and_more_than_once_does_no_harm(residency):
    kept = KeptModel(residency, silent_log())
    await leased(kept)
    kept.close()
    kept.close()
    await until(lambda: residency.host_of(MODEL) is None)


async def test_closing_in_the_middle_of_loading_leaves_nothing_behind(residency):
    kept = KeptModel(residency, silent_log())
    kept.lease(MODEL)
    await asyncio.sleep(0)
    kept.close()
    await until(lambda: residency.phase(MODEL).value == "unloaded")
    await leased(kept)
    kept.close()


async def test_another_model_takes_the_place_of_the_first(residency):
    kept = KeptModel(residency, silent_log())
    await leased(kept)
    while kept.lease("fake-voice-activity") is None:
        await asyncio.sleep(0.001)
    await until(lambda: residency.host_of(MODEL) is None)
    kept.close()


async def test_a_model_that_does_not_load_is_on_record_and_costs_nobody_anything(residency):
    written = []

    class Recording:
        def warning(self, event, **fields):
            written.append((event, fields["model"], fields["code"]))

    kept = KeptModel(residency, Recording())
    assert kept.lease("nothing") is None
    await until(lambda: written)
    assert written == [("model is not kept", "nothing", "model_not_found")]


async def test_a_model_that_died_is_loaded_again(residency):
    kept = KeptModel(residency, silent_log())
    lease = await leased(kept)
    lease.host.ended.set_result("killed")
    assert kept.lease(MODEL) is None
    assert (await leased(kept)).host is not lease.host
    kept.close()
