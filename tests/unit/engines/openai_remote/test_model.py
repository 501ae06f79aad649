import socket
import threading

import pytest

from tests.unit.engines.openai_remote.conftest import pcm, say, seconds
from voxhelm.domain.errors import (
    BadRequest,
    EngineFailed,
    ParameterInvalid,
    QueueFull,
    Unavailable,
    VoiceNotFound,
)
from voxhelm.domain.options import SynthesizeOptions

PATIENCE_SECONDS = 10.0


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def in_turn(*answers):
    """A script that answers differently each time, the last one for ever."""
    left = list(answers)

    def script(request):
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return script


def well(request):
    request.answer(200, pcm(0.5))


def test_what_the_server_says_is_said(model, server):
    pieces = say(model)
    assert seconds(pieces) == pytest.approx(0.5)
    assert server.requests[0].body["response_format"] == "pcm"


def test_sound_is_passed_on_while_the_server_still_makes_it(model, server):
    first_heard = threading.Event()

    def script(request):
        request.begin()
        request.chunk(pcm(0.1))
        assert first_heard.wait(PATIENCE_SECONDS)
        request.chunk(pcm(0.2))
        request.chunk(b"")

    server.script = script
    stream = model.synthesize("Hello.", SynthesizeOptions("emily"))
    assert next(stream).pcm.duration_seconds == pytest.approx(0.1)
    first_heard.set()
    assert seconds(stream) == pytest.approx(0.2)


def test_closing_closes_the_connection(model, server):
    gone = threading.Event()

    def script(request):
        request.begin()
        try:
            for _ in range(100_000):
                request.chunk(pcm(0.5))
        except OSError:
            gone.set()
            request.close_connection = True

    server.script = script
    stream = model.synthesize("Hello.", SynthesizeOptions("emily"))
    next(stream)
    stream.close()
    assert gone.wait(PATIENCE_SECONDS)


def test_a_text_without_a_letter_is_not_sent(model, server):
    assert say(model, "?! 🎉") == []
    assert server.requests == []


def test_what_is_wrong_is_refused_at_once_and_not_sent(model, server):
    with pytest.raises(VoiceNotFound):
        model.synthesize("Hello.", SynthesizeOptions("nobody"))
    with pytest.raises(ParameterInvalid):
        model.synthesize("Hello.", SynthesizeOptions("emily", 5.0))
    assert server.requests == []


def test_a_server_that_cannot_send_samples_is_asked_for_a_file_and_remembered(model, server, waits):
    def script(request):
        if request.body["response_format"] == "pcm":
            request.complain(400, "response_format: 'wav' or 'mp3'")
        else:
            request.answer(200, wav(), "audio/wav")

    server.script = script
    assert seconds(say(model)) == pytest.approx(0.5)
    assert seconds(say(model)) == pytest.approx(0.5)
    assert [request.body["response_format"] for request in server.requests] == ["pcm", "wav", "wav"]
    assert waits == []


def wav() -> bytes:
    import io
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(24_000)
        output.writeframes(pcm(0.5))
    return file.getvalue()


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_server_that_has_one_speed_is_stretched_here(opened, remote, server, speed):
    server.script = lambda request: request.answer(200, pcm(2.0))
    with opened(remote, speed=False) as model:
        assert seconds(say(model, speed=speed)) == pytest.approx(2.0 / speed, rel=0.1)
    assert "speed" not in server.requests[0].body


@pytest.mark.parametrize(
    "first",
    [
        lambda request: request.complain(503, "Loading."),
        lambda request: request.complain(429, "Busy."),
        lambda request: request.break_off(),
    ],
)
def test_before_the_first_sound_it_is_tried_once_more(model, server, waits, first):
    server.script = in_turn(first, well)
    assert seconds(say(model)) == pytest.approx(0.5)
    assert len(server.requests) == 2
    assert len(waits) == 1


def test_a_connection_that_went_stale_between_two_calls_is_made_anew(model, server):
    def once(request):
        well(request)
        request.break_off()

    server.script = in_turn(once, well)
    assert say(model)
    assert say(model)


def test_twice_in_vain_is_told_with_the_servers_words(model, server):
    server.script = lambda request: request.complain(503, "Out of memory.")
    with pytest.raises(Unavailable, match=r"503: Out of memory\.") as caught:
        say(model)
    assert caught.value.retry_after_seconds == 1.0
    assert len(server.requests) == 2


def test_a_server_that_wants_a_longer_pause_gets_it(model, server, waits):
    server.script = lambda request: request.complain(429, "Busy.", retry_after="30")
    with pytest.raises(QueueFull, match="Busy") as caught:
        say(model)
    assert caught.value.retry_after_seconds == 30.0
    assert (len(server.requests), waits) == (1, [])


def test_the_callers_own_mistake_is_not_tried_again(model, server):
    server.script = lambda request: request.complain(400, "Too rude.")
    with pytest.raises(BadRequest, match="Too rude"):
        say(model)
    assert len(server.requests) == 1


def test_after_the_first_sound_it_is_not_tried_again(model, server):
    def script(request):
        request.begin()
        request.chunk(pcm(0.1))
        request.break_off()

    server.script = script
    heard = []
    with pytest.raises(EngineFailed, match="broke off"):
        heard.extend(model.synthesize("Hello.", SynthesizeOptions("emily")))
    assert seconds(heard) == pytest.approx(0.1)
    assert len(server.requests) == 1


def test_a_server_that_does_not_answer_in_time_is_not_waited_for_twice(opened, remote, server):
    released = threading.Event()
    server.script = lambda request: (released.wait(PATIENCE_SECONDS), well(request))
    with opened(remote, read_timeout_seconds=0.1) as model, pytest.raises(Unavailable, match="ReadTimeout"):
        say(model)
    released.set()
    assert len(server.requests) == 1


def test_a_server_that_stops_in_the_middle_is_given_up(opened, remote, server):
    released = threading.Event()

    def script(request):
        request.begin()
        request.chunk(pcm(0.1))
        released.wait(PATIENCE_SECONDS)

    server.script = script
    with opened(remote, read_timeout_seconds=0.1) as model, pytest.raises(EngineFailed, match="ReadTimeout"):
        say(model)
    released.set()


def test_a_dead_server_is_left_alone_after_three_failures_and_found_again(opened, remote, server, clock, waits):
    with opened(remote, base_url=f"http://127.0.0.1:{closed_port()}/v1") as model:
        for _ in range(3):
            with pytest.raises(Unavailable, match="cannot be reached"):
                say(model)
        attempts = len(waits)
        with pytest.raises(Unavailable, match="left alone") as caught:
            say(model)
        assert caught.value.retry_after_seconds == pytest.approx(2.0)
        assert len(waits) == attempts == 3
        clock.advance(2.0)
        with pytest.raises(Unavailable, match="cannot be reached"):
            say(model)
        with pytest.raises(Unavailable, match="left alone") as caught:
            say(model)
        assert caught.value.retry_after_seconds == pytest.approx(4.0)


def test_a_server_that_has_recovered_is_used_again(model, server, clock):
    server.script = lambda request: request.complain(500, "Ouch.")
    for _ in range(3):
        with pytest.raises(Unavailable, match="Ouch"):
            say(model)
    with pytest.raises(Unavailable, match="left alone"):
        say(model)
    server.script = well
    clock.advance(2.0)
    assert say(model)
    assert say(model)


@pytest.mark.parametrize("status", [400, 404, 429])
def test_a_server_that_complains_is_not_dead(model, server, status):
    server.script = lambda request: request.complain(status, "No.", retry_after="9")
    for _ in range(5):
        with pytest.raises((BadRequest, EngineFailed, QueueFull), match=r"No\."):
            say(model)


def test_a_caller_that_leaves_during_the_trial_leaves_it_to_the_next(model, server, clock):
    server.script = lambda request: request.complain(500, "Ouch.")
    for _ in range(3):
        with pytest.raises(Unavailable):
            say(model)
    clock.advance(2.0)
    server.script = well
    stream = model.synthesize("Hello.", SynthesizeOptions("emily"))
    next(stream)
    stream.close()
    assert say(model)


def test_a_page_instead_of_sound_is_told(model, server):
    server.script = lambda request: request.answer(200, b"<html>welcome</html>", "text/html")
    with pytest.raises(EngineFailed, match="text/html"):
        say(model)


def test_instructions_are_passed_on(model, server):
    list(model.synthesize("Hello.", SynthesizeOptions("emily", instructions="Whisper.")))
    list(model.synthesize("Hello.", SynthesizeOptions("emily")))
    assert server.requests[0].body["instructions"] == "Whisper."
    assert "instructions" not in server.requests[1].body


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("<speak>hi</speak>", "< speak>hi</speak>"),
        ("<?xml?><speak>", "< ?xml?>< speak>"),
        ("wait [pause:1s]", "wait [ pause:1s]"),
        ("a < b [c] <b>", "a < b [c] <b>"),
    ],
)
def test_what_a_server_might_take_for_markup_is_sent_as_the_text_it_is(model, server, text, sent):
    list(model.synthesize(text, SynthesizeOptions("emily")))
    assert server.requests[0].body["input"] == sent
