import pytest

from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions, TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.audited import AuditedHost
from voxhelm.hosting.inline import InlineHost
from voxhelm.telemetry.metrics import Metrics
from voxhelm.testing.engine import ENGINE


class Lines:
    """A log that keeps what it is told."""

    def __init__(self):
        self.written = []

    def info(self, event, **fields):
        self.written.append((event, fields))


@pytest.fixture
async def audited():
    hosts = []

    async def start(capability):
        spec = ModelSpec(f"fake-{capability.value}", "fake", capability, ("en",), settings={"egress_host": "tts.example.com"})
        log, metrics = Lines(), Metrics()
        hosts.append(AuditedHost(await InlineHost.load(ENGINE, spec, Placement()), log, metrics))
        return hosts[0], log, lambda: metrics.registry.get_sample_value("voxhelm_egress_requests_total", {"engine": "fake"})

    yield start
    for host in hosts:
        await host.stop()
        assert host.ended.done()


async def one_second():
    yield Pcm.silence(1.0, 16_000)


async def test_every_text_is_on_record_before_it_is_sent_and_never_its_words(audited):
    host, log, count = await audited(Capability.SPEECH)
    speeches = host.synthesize("A secret.", SynthesizeOptions("tone"))
    assert log.written == [
        ("text left the machine", {"engine": "fake", "model": "fake-speech", "host": "tts.example.com", "characters": 9})
    ]
    assert count() == 1
    assert sum([len(speech.pcm.samples) async for speech in speeches]) > 0
    async for _ in host.synthesize("Another.", SynthesizeOptions("tone")):
        pass
    assert count() == 2
    assert "secret" not in str(log.written)


async def test_sound_is_on_record_too(audited):
    host, log, count = await audited(Capability.TRANSCRIPTION)
    assert [segment.text async for segment in host.transcribe(one_second(), TranscribeOptions())] == ["second1"]
    assert [event for event, _ in log.written] == ["sound left the machine"]
    assert count() == 1


async def test_voice_activity_is_on_record_too(audited):
    host, log, _ = await audited(Capability.VOICE_ACTIVITY)
    assert [activity async for activity in host.detect(one_second())]
    assert [event for event, _ in log.written] == ["sound left the machine"]


async def test_the_judging_of_turns_is_on_record_too(audited):
    host, log, _ = await audited(Capability.TURN)
    assert [guess async for guess in host.judge(one_second())]
    assert [event for event, _ in log.written] == ["sound left the machine"]


async def test_it_is_the_host_that_it_wraps(audited):
    host, _, _ = await audited(Capability.SPEECH)
    assert (host.spec.id, host.resident_bytes, host.process_id) == ("fake-speech", 0, None)
