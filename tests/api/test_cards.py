"""Where a model runs, as clients and operators see it: an instance with a fake card, by its API."""

from contextlib import asynccontextmanager

import httpx
import pytest

from voxhelm.compose import compose_app
from voxhelm.config import Settings
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.card_engine import CARD_BYTES, CARD_ENGINE
from voxhelm.testing.clock import ManualClock
from voxhelm.testing.device import GIB, FakeDevice, FakeDevices
from voxhelm.testing.engine import FAKE_ENGINE

OTHERS = 1
HOLD_SECONDS = 30.0
SPEECH = {"input": "One, two.", "model": "card-speech", "voice": "tone", "response_format": "wav"}


class Scene:
    """An instance, its card, its clock and a client."""

    def __init__(self, **models):
        self.device = FakeDevice(total_bytes=4 * GIB)
        self.clock = ManualClock()
        models = {"isolation": "inline", "extra_engines": (FAKE_ENGINE, CARD_ENGINE)} | models
        self.voxhelm = make_voxhelm(self.clock, FakeDevices(self.device), models=models)

    @asynccontextmanager
    async def running(self):
        app = compose_app(self.voxhelm, Settings())
        async with self.voxhelm.running(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            self.client = client
            yield self

    async def say(self):
        answer = await self.client.post("/v1/audio/speech", json=SPEECH)
        assert answer.status_code == 200, answer.text
        return answer.headers.get("x-voxhelm-device"), answer.headers.get("x-voxhelm-fallback")

    async def model(self, name="card-speech"):
        return (await self.client.get(f"/v1/models/{name}")).json()

    async def metrics(self):
        return (await self.client.get("/metrics")).text

    async def pass_time(self, seconds):
        self.clock.advance(seconds)
        await self.voxhelm.residency.look()


@pytest.fixture
async def scene():
    async with Scene().running() as one:
        yield one


async def test_an_answer_says_which_device_made_it(scene):
    assert await scene.say() == ("cuda:0", None)
    model = await scene.model()
    assert (model["object"], model["state"], model["device"], model["fallback"]) == ("model", "loaded", "cuda:0", None)
    assert 'voxhelm_model_on_device{device="cuda:0",model="card-speech"} 1.0' in await scene.metrics()


async def test_a_fallback_shows_and_is_undone_when_the_card_is_back(scene):
    assert await scene.say() == ("cuda:0", None)
    scene.device.present = False
    await scene.voxhelm.residency.look()
    assert await scene.say() == ("cpu", "card_missing")
    model = await scene.model()
    assert (model["device"], model["fallback"]) == ("cpu", "card_missing")
    metrics = await scene.metrics()
    assert 'voxhelm_model_fallbacks_total{model="card-speech",reason="card_missing"} 1.0' in metrics
    assert 'voxhelm_model_on_device{device="cpu",model="card-speech"} 1.0' in metrics
    assert 'voxhelm_model_on_device{device="cuda:0",model="card-speech"} 0.0' in metrics

    scene.device.present = True
    await scene.voxhelm.residency.look()
    assert await scene.say() == ("cpu", "card_missing"), "a card that has only just come back may be gone again"
    await scene.pass_time(HOLD_SECONDS)
    await scene.pass_time(HOLD_SECONDS)
    assert await scene.say() == ("cuda:0", None)
    assert (await scene.model())["fallback"] is None


async def test_a_transcription_says_it_too(scene, clip):
    scene.device.taken[OTHERS] = 3 * GIB
    await scene.pass_time(1)
    files = {"file": ("clip.wav", clip.read_bytes())}
    answer = await scene.client.post("/v1/audio/transcriptions", files=files, data={"model": "card-transcription"})
    assert answer.status_code == 200, answer.text
    assert (answer.headers["x-voxhelm-device"], answer.headers["x-voxhelm-fallback"]) == ("cpu", "no_room")


async def test_the_list_of_models_tells_what_each_takes_where(scene):
    on_card, host_beside_it, on_cpu = (await scene.model())["usage"]
    assert (on_card["placed_on"], on_card["device"], on_card["declared_bytes"]) == ("cuda:0", "cuda:0", CARD_BYTES)
    assert (on_card["measured_bytes"], on_card["measured_unix_seconds"], on_card["load_seconds"]) == (None, None, None)
    assert (host_beside_it["placed_on"], host_beside_it["device"]) == ("cuda:0", "cpu")
    assert (on_cpu["placed_on"], on_cpu["device"]) == ("cpu", "cpu")


async def test_a_named_budget_holds_on_the_card():
    async with Scene(memory_budget_bytes={"cuda:0": GIB}).running() as scene:
        assert await scene.say() == ("cpu", "no_room")


async def test_an_operator_may_keep_a_model_off_the_card():
    async with Scene(device_by_model={"card-speech": "cpu"}).running() as scene:
        assert await scene.say() == ("cpu", None)


@pytest.mark.parametrize(
    ("models", "told"),
    [
        ({"device": "cuda:7"}, r"'models.device' is cuda:7.*cuda:0 \(Fake T4\)"),
        ({"device_by_model": {"card-speech": "cuda:1"}}, "models.device_by_model.card-speech"),
        ({"device_by_model": {"fake-speech": "cuda"}}, "runs on the CPU only"),
        ({"device_by_model": {"nobody": "cpu"}}, "nobody"),
        ({"memory_budget_bytes": {"gpu0": GIB}}, "cuda:0, cuda:1"),
    ],
)
def test_a_start_with_a_card_that_is_not_there_is_refused(models, told):
    with pytest.raises(ConfigurationInvalid, match=told):
        Scene(**models)


def test_a_machine_without_a_card_says_why():
    with pytest.raises(ConfigurationInvalid, match="taken them all away"):
        make_voxhelm(models={"device": "cuda"})
