"""The realtime socket of OpenAI's official client for Node, which speaks TLS and nothing else."""

import pytest

from tests.clients import environments
from tests.parrots import sound_of, talking_server, words_in, write_wav
from tests.realtime_record import Record
from tests.tls_front import tls_front

pytestmark = [pytest.mark.slow, pytest.mark.timeout(environments.FIRST_RUN_SECONDS)]


def test_who_speaks_is_heard_and_answered(tmp_path):
    program, modules = environments.node(), environments.node_modules()
    clip = write_wav(tmp_path / "hello.wav", sound_of("hello over there", after_seconds=1.0))
    with talking_server(tmp_path) as server, tls_front(server.url, tmp_path) as (url, certificate):
        script = environments.HERE / "node" / "sockets.mjs"
        came = environments.answers([program, script, modules, url, clip], NODE_EXTRA_CA_CERTS=str(certificate))
    record = Record()
    for event in came["events"]:
        record.take(event)
    record.ended()
    assert came["errors"] == []
    (heard,) = record.all("conversation.item.input_audio_transcription.completed")
    assert heard["transcript"] == "hello over there"
    assert words_in(record.sound()) == "Good morning to you."
