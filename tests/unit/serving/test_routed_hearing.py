"""Ears, one of which is not in the mood."""

import io
from contextlib import asynccontextmanager

import pytest

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import AudioUnreadable, EngineFailed
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.hear import HearingRequest
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.parrot_engine import PARROT_ENGINE, RATE_HZ, spoken


def recording(text):
    encoder = Encoder(AudioFormat.WAV, RATE_HZ)
    return encoder.encode(Pcm(spoken(text), RATE_HZ)) + encoder.finish()


class OnceOnly(io.BytesIO):
    """As a pipe."""

    def seekable(self):
        return False


@pytest.fixture
def listening(tmp_path):
    @asynccontextmanager
    async def making(**routes):
        moods = {model_id: {"mood_file": str(tmp_path / model_id)} for model_id in ("ear-a", "ear-b")}
        voxhelm = make_voxhelm(
            models={"isolation": "inline", "extra_engines": (PARROT_ENGINE,), "settings_by_model": moods},
            routes={"transcription": {"*": ["ear-a", "ear-b"]}, **routes},
        )
        async with voxhelm.running():
            yield voxhelm.services

    return making


async def hear(services, source=None, model="auto", language="bg"):
    wanted = HearingRequest(source or io.BytesIO(recording("Добър ден")), model, TranscribeOptions(language=language))
    hearing = await services.listener.hear(wanted)
    try:
        text = " ".join([segment.text async for segment in hearing.segments])
    finally:
        await hearing.aclose()
    return hearing.spec.id, hearing.route, text


async def test_the_first_step_hears_when_it_can(listening):
    async with listening() as services:
        assert await hear(services) == ("ear-a", "1/2", "Добър ден")


@pytest.mark.parametrize("mood", ["fail", "refuse"])
async def test_one_that_fails_is_replaced_and_the_recording_read_again(listening, tmp_path, mood):
    (tmp_path / "ear-a").write_text(mood)
    async with listening() as services:
        model, route, text = await hear(services)
        assert (model, text) == ("ear-b", "Добър ден")
        assert route.startswith("2/2; ear-a: ")
        labels = {
            "capability": "transcription",
            "from": "ear-a",
            "to": "ear-b",
            "reason": "failed" if mood == "fail" else "not_loaded",
        }
        assert services.metrics.registry.get_sample_value("voxhelm_route_fallbacks_total", labels) == 1


async def test_a_file_is_read_again_from_where_it_stood(listening, tmp_path):
    (tmp_path / "ear-a").write_text("fail")
    source = io.BytesIO(b"form data" + recording("Добър ден"))
    source.seek(len(b"form data"))
    async with listening() as services:
        assert (await hear(services, source))[2] == "Добър ден"


async def test_what_can_be_read_once_is_heard_once(listening, tmp_path):
    (tmp_path / "ear-a").write_text("fail")
    async with listening() as services:
        with pytest.raises(EngineFailed):
            await hear(services, OnceOnly(recording("Добър ден")))


async def test_who_is_named_is_not_replaced(listening, tmp_path):
    (tmp_path / "ear-a").write_text("fail")
    async with listening() as services:
        with pytest.raises(EngineFailed):
            await hear(services, model="ear-a")
        assert (await hear(services, model="ear-b"))[1] == "named"
    async with listening(on_named=True) as services:
        assert (await hear(services, model="ear-a"))[0] == "ear-b"


async def test_noise_in_a_file_is_nobodys_fault(listening):
    async with listening(tolerated_failures=1) as services:
        with pytest.raises(AudioUnreadable):
            await hear(services, io.BytesIO(b"not a sound"))
        assert (await hear(services))[:2] == ("ear-a", "1/2")


async def test_a_breaker_that_is_open_spares_the_attempt(listening, tmp_path):
    (tmp_path / "ear-a").write_text("fail")
    async with listening(tolerated_failures=1) as services:
        assert (await hear(services))[1] == "2/2; ear-a: failed"
        assert (await hear(services))[1] == "2/2; ear-a: breaker open"


async def test_nothing_is_waited_for_where_the_operator_wants_no_wait(listening, tmp_path):
    (tmp_path / "ear-a").write_text("fail")
    async with listening(first_segment_seconds=0.0) as services:
        with pytest.raises(EngineFailed):
            await hear(services)
