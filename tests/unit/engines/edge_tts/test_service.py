import asyncio
import threading
from itertools import pairwise

import pytest
from aiohttp import WSMsgType, web

from tests.edge_service import audio, boundary, tone_frames
from voxhelm.domain.errors import EngineFailed, Unavailable
from voxhelm.engines.edge_tts.service import Boundary, ask

VOICE = "en-US-EmmaMultilingualNeural"
PATIENCE_SECONDS = 10.0


def said(text="Hello there.", speed=1.0):
    return list(ask(text, VOICE, speed))


def test_sound_and_words_arrive(service):
    messages = said()
    assert sum(len(one) for one in messages if isinstance(one, bytes)) > 1_000
    words = [one for one in messages if isinstance(one, Boundary)]
    assert [word.text for word in words] == ["Hello", "there"]
    assert words[1].start_seconds == pytest.approx(6 * 0.048)
    assert words[1].end_seconds == pytest.approx(11 * 0.048)


def test_the_voice_and_the_speed_are_asked_for(service):
    slow, fast = said(speed=0.5), said(speed=2.0)
    assert service.voices == ["Microsoft Server Speech Text to Speech Voice (en-US, EmmaMultilingualNeural)"] * 2
    assert sum(len(one) for one in slow if isinstance(one, bytes)) == pytest.approx(
        4 * sum(len(one) for one in fast if isinstance(one, bytes)), rel=0.1
    )


def test_signs_that_mean_something_in_markup_are_said_as_they_are(service):
    said("Fish & <chips> 'now'")
    assert service.texts == ["Fish & <chips> 'now'"]


def test_half_a_character_is_replaced_one_for_one(service):
    said("a \ud800 b")
    assert service.texts == ["a ? b"]


def test_a_long_text_is_sent_in_parts_whose_words_follow_each_other(service):
    words = [one for one in said("word " * 2_000) if isinstance(one, Boundary)]
    assert len(service.texts) > 1
    assert len(words) == 2_000
    assert all(left.start_seconds < right.start_seconds for left, right in pairwise(words))


def test_closing_closes_the_connection(service):
    gone = threading.Event()

    async def script(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.receive()
        await socket.send_bytes(audio(tone_frames()[0]))
        async for _ in socket:
            pass
        gone.set()
        return socket

    service.script = script
    messages = ask("Hello there.", VOICE, 1.0)
    next(messages)
    messages.close()
    assert gone.wait(PATIENCE_SECONDS)


def test_closing_does_not_wait_for_a_service_that_does_not_listen(service):
    released = threading.Event()

    async def script(request):
        socket = web.WebSocketResponse(autoclose=False)
        await socket.prepare(request)
        await socket.receive()
        await socket.receive()
        await socket.send_bytes(audio(tone_frames()[0]))
        await asyncio.to_thread(released.wait)
        return socket

    service.script = script
    # Did each wait for a farewell, the test's time would be up.
    for _ in range(15):
        messages = ask("Hello there.", VOICE, 1.0)
        next(messages)
        messages.close()
    released.set()


def test_a_refusal_tells_of_the_package(service):
    async def refuse(_request):
        return web.Response(status=401)

    service.script = refuse
    with pytest.raises(EngineFailed, match=r"401.*--upgrade 'voxhelm\[edge\]'"):
        said()


def test_a_service_that_is_not_there_is_unavailable(monkeypatch):
    import edge_tts.communicate

    monkeypatch.setattr(edge_tts.communicate, "WSS_URL", "ws://127.0.0.1:1/edge/v1?x=1")
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        said()
    assert caught.value.retry_after_seconds == 5.0


def frames(*sent):
    """A script that answers whatever it is asked with these frames."""

    async def script(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT and "Path:ssml" in message.data:
                for one in sent:
                    await (socket.send_bytes(one) if isinstance(one, bytes) else socket.send_str(one))
                break
        return socket

    return script


TURN_END = "X-RequestId:1\r\nPath:turn.end\r\n\r\n{}"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([TURN_END], "no sound"),
        ([b"\x00"], "does not understand"),
        (["X-RequestId:1\r\nPath:surprise\r\n\r\n{}"], "does not understand"),
        ([boundary("x", 0, 1).replace("WordBoundary", "Surprise")], "does not understand"),
        ([audio(b"")], "does not understand"),
    ],
)
def test_an_answer_outside_the_protocol_is_told(service, sent, told):
    service.script = frames(*sent)
    with pytest.raises(EngineFailed, match=told):
        said()
