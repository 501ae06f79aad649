"""Classes, deadlines, a full line and cancelling, over HTTP."""

import threading
import time

import httpx
import pytest

from tests.conftest import running_server

LONG = {"input": "It was the best of times. " * 3_000, "model": "fake-speech", "voice": "tone", "response_format": "flac"}
SHORT = LONG | {"input": "Hi."}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A server whose models serve one request at a time and let one wait."""
    with running_server(
        tmp_path_factory.mktemp("narrow"),
        VOXHELM_MODELS__EXTRA_ENGINES='["voxhelm.testing.engine:ENGINE"]',
        VOXHELM_ADMISSION__IN_FLIGHT_PER_MODEL="1",
        VOXHELM_ADMISSION__QUEUE_PER_MODEL="1",
    ) as server:
        yield server.url


@pytest.fixture
def occupied(narrow):
    """Somebody has the model's only place until the test ends."""
    with httpx.stream("POST", f"{narrow}/v1/audio/speech", json=LONG, headers={"x-request-id": "occupier"}, timeout=60) as answer:
        chunks = answer.iter_raw()  # kept: the connection closes with its iterator
        next(chunks)
        yield narrow


def depth(url):
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith('voxhelm_queue_depth{model="fake-speech"}')), 0.0)


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process: it has to be asked again


def test_a_full_line_answers_429_with_a_time_and_health_is_untouched(occupied):
    waiting = threading.Thread(
        target=lambda: httpx.post(f"{occupied}/v1/audio/speech", json=SHORT, headers={"x-request-id": "w"}, timeout=60)
    )
    waiting.start()
    until(lambda: depth(occupied) == 1)
    answer = httpx.post(f"{occupied}/v1/audio/speech", json=SHORT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "queue_full")
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert int(answer.headers["retry-after"]) >= 1
    assert httpx.get(f"{occupied}/health").status_code == 200
    assert httpx.delete(f"{occupied}/v1/requests/w").json()["cancelled"] == 1
    waiting.join()


def test_a_deadline_is_kept(occupied):
    answer = httpx.post(f"{occupied}/v1/audio/speech", json=SHORT, headers={"x-voxhelm-deadline": "0.2"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "deadline_missed")


def test_a_request_that_waits_can_be_cancelled_by_its_id(occupied):
    answers = []
    headers = {"x-request-id": "waiter-1"}
    waiting = threading.Thread(
        target=lambda: answers.append(httpx.post(f"{occupied}/v1/audio/speech", json=SHORT, headers=headers, timeout=60))
    )
    waiting.start()
    until(lambda: depth(occupied) == 1)
    assert httpx.delete(f"{occupied}/v1/requests/waiter-1", headers={"authorization": "Bearer another"}).status_code == 404
    assert httpx.delete(f"{occupied}/v1/requests/waiter-1").json() == {"id": "waiter-1", "object": "request", "cancelled": 1}
    waiting.join()
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (499, "request_cancelled")


def test_a_request_that_streams_can_be_cancelled_and_its_place_is_free(narrow):
    headers = {"x-request-id": "streamer"}
    with (
        pytest.raises(httpx.RemoteProtocolError),
        httpx.stream("POST", f"{narrow}/v1/audio/speech", json=LONG, headers=headers, timeout=60) as answer,
    ):
        for chunk in answer.iter_raw():
            if chunk:
                httpx.delete(f"{narrow}/v1/requests/streamer")
    assert httpx.post(f"{narrow}/v1/audio/speech", json=SHORT, timeout=20).status_code == 200


def test_nobody_runs_under_an_unknown_id(narrow):
    answer = httpx.delete(f"{narrow}/v1/requests/nobody")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_class_that_does_not_exist_is_refused(narrow):
    answer = httpx.post(f"{narrow}/v1/audio/speech", json=SHORT, headers={"x-voxhelm-priority": "vip"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "x-voxhelm-priority")
