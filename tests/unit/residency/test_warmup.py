import pytest

from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.hosting.inline import InlineHost
from voxhelm.residency.warmup import warm_up
from voxhelm.testing.engine import ENGINE

# The call that each kind of model is warmed by.
CALLS = {
    Capability.SPEECH: "synthesize",
    Capability.TRANSCRIPTION: "transcribe",
    Capability.VOICE_ACTIVITY: "detect",
    Capability.DIARIZATION: "diarize",
    Capability.TURN: "judge",
}


def test_every_capability_has_a_call():
    assert set(CALLS) == set(Capability)


@pytest.mark.parametrize("capability", list(Capability))
async def test_a_model_of_every_capability_works_once(capability, monkeypatch):
    host = await InlineHost.load(ENGINE, ModelSpec(f"fake-{capability.value}", "fake", capability, ("en",)), Placement())
    called = []

    def watched(*arguments):
        called.append(arguments)
        return real(*arguments)

    real = getattr(host, CALLS[capability])
    monkeypatch.setattr(host, CALLS[capability], watched)
    await warm_up(host, voice="tone", input_rate_hz=16_000)
    assert len(called) == 1
    await host.stop()
