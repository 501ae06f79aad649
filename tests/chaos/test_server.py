"""What is left when things are killed, cut and abandoned."""

import os
import signal
import socket
import threading
import time

import httpx
import psutil
import pytest

from tests.conftest import running_server

FAKE = {"VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE"]'}
LONG = {"input": "It was the best of times. " * 2_000, "model": "fake-speech", "voice": "tone", "response_format": "mp3"}
PATIENCE_SECONDS = 20


def until(condition, what):
    """Wait for a condition of another process."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"still not: {what}")
        time.sleep(0.02)  # nothing tells us; it has to be asked again


@pytest.fixture
def own_server(tmp_path):
    with running_server(tmp_path, **FAKE) as server:
        yield server


def hosts(server):
    return [
        child for child in psutil.Process(server.process.pid).children() if "voxhelm.hosting.child" in " ".join(child.cmdline())
    ]


def metric(url, line_start):
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(line_start))


def test_a_killed_host_costs_its_request_one_clear_error_and_the_next_one_works(own_server):
    with httpx.Client(base_url=own_server.url, timeout=30) as http:
        http.post("/v1/audio/speech", json=LONG | {"input": "Hi."})
        with http.stream("POST", "/v1/audio/speech", json=LONG | {"stream_format": "sse"}) as answer:
            lines = answer.iter_lines()
            next(lines)
            (host,) = hosts(own_server)
            os.kill(host.pid, signal.SIGKILL)
            errors = [line for line in lines if '"error"' in line]
        assert len(errors) == 1
        assert "engine_crashed" in errors[0]
        assert http.post("/v1/audio/speech", json=LONG | {"input": "Hi."}).status_code == 200
        assert metric(own_server.url, 'voxhelm_model_crashes_total{model="fake-speech"}') == 1


@pytest.mark.slow
@pytest.mark.parametrize(("model", "status"), [("pocketsphinx-en-us", 503), ("whisper-1", 200)])
def test_a_host_killed_before_its_first_words_gives_a_status_or_the_route_goes_on(own_server, model, status):
    """The recogniser holds a host, and nothing has been sent when it dies. Who named it is told, others are heard by the next."""
    with httpx.Client(base_url=own_server.url, timeout=60) as http:
        speech = http.post("/v1/audio/speech", json=LONG | {"response_format": "wav"}).content
        answers = []
        sending = threading.Thread(
            target=lambda: answers.append(http.post("/v1/audio/transcriptions", data={"model": model}, files={"file": speech}))
        )
        sending.start()
        until(lambda: metric(own_server.url, 'voxhelm_model_leases{model="pocketsphinx-en-us"}') == 1, "the recogniser at work")
        for host in hosts(own_server):
            os.kill(host.pid, signal.SIGKILL)
        sending.join()
        assert answers[0].status_code == status
        if status == 503:
            assert answers[0].json()["error"]["code"] == "engine_crashed"
            assert answers[0].headers["retry-after"] == "1"
        else:
            assert answers[0].headers["x-voxhelm-model"] == "fake-transcription"
        again = http.post("/v1/audio/transcriptions", data={"model": model}, files={"file": speech[:200_000]})
        assert again.status_code == 200


def test_a_killed_server_leaves_no_process(own_server):
    httpx.post(f"{own_server.url}/v1/audio/speech", json=LONG | {"input": "Hi."})
    httpx.post(f"{own_server.url}/v1/audio/speech", json=LONG | {"input": "Hi.", "model": "espeak-ng", "voice": "en"})
    alive = hosts(own_server)
    assert len(alive) == 2
    own_server.process.kill()
    own_server.process.wait()
    until(lambda: not any(host.is_running() for host in alive), "every host gone")


def test_a_stopped_server_leaves_no_process_and_says_goodbye_with_zero(own_server):
    httpx.post(f"{own_server.url}/v1/audio/speech", json=LONG | {"input": "Hi."})
    alive = hosts(own_server)
    own_server.process.terminate()
    assert own_server.process.wait(PATIENCE_SECONDS) == 0
    assert not any(host.is_running() for host in alive)


@pytest.mark.slow
def test_a_hundred_clients_that_vanish_leave_nothing(own_server):
    process = psutil.Process(own_server.process.pid)

    def vanish():
        with httpx.stream("POST", f"{own_server.url}/v1/audio/speech", json=LONG, timeout=30) as answer:
            next(answer.iter_raw())

    vanish()
    until(lambda: metric(own_server.url, "voxhelm_model_leases") == 0, "the first lease given back")
    threads_before, files_before = process.num_threads(), process.num_fds()
    for _ in range(100):
        vanish()
    until(lambda: metric(own_server.url, "voxhelm_model_leases") == 0, "every lease given back")
    until(lambda: metric(own_server.url, "voxhelm_http_requests_in_flight") == 1, "no request but the question itself")
    until(lambda: process.num_fds() <= files_before + 2, "every descriptor closed")
    # The pool that encodes grows to one thread per processor and stays.
    assert process.num_threads() <= threads_before + os.cpu_count()
    assert len(hosts(own_server)) == 1


def test_a_client_that_leaves_before_its_answer_gives_everything_back(own_server):
    speech = httpx.post(f"{own_server.url}/v1/audio/speech", json=LONG | {"response_format": "wav"}, timeout=60).content
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{own_server.url}/v1/audio/transcriptions",
            data={"model": "whisper-1"},
            files={"file": speech},
            timeout=httpx.Timeout(30, read=0.7),
        )
    until(lambda: metric(own_server.url, "voxhelm_model_leases") == 0, "every lease given back")
    assert metric(own_server.url, "voxhelm_client_disconnects_total") >= 1


HALF_OF_JSON = b'POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"input": "Hel'
HALF_OF_A_CHUNK = b'POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"inp'
HALF_OF_A_FORM = (
    b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
)


@pytest.mark.parametrize("sent", [HALF_OF_JSON, HALF_OF_A_CHUNK, HALF_OF_A_FORM])
def test_a_body_that_stops_half_way_does_no_harm(own_server, sent):
    host, port = own_server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent)
    until(lambda: metric(own_server.url, "voxhelm_http_requests_in_flight") == 1, "the request over")
    assert httpx.get(f"{own_server.url}/health").status_code == 200


def test_a_body_over_the_limit_is_refused_whether_it_says_so_or_not(tmp_path):
    with running_server(tmp_path, VOXHELM_SERVER__LONGEST_UPLOAD_BYTES="1MB") as server:
        for content in (b"x" * 2_000_000, iter([b"x" * 100_000] * 20)):
            answer = httpx.post(f"{server.url}/v1/audio/speech", content=content)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_a_crash_loop_is_told_with_a_time_to_come_back(own_server):
    """The host is killed again and again; the answer stays clear and the server up."""
    with httpx.Client(base_url=own_server.url, timeout=30) as http:
        statuses = []
        for _ in range(4):
            statuses.append(_kill_while_speaking(http, own_server))
        assert httpx.get(f"{own_server.url}/health").status_code == 200
        until(lambda: http.post("/v1/audio/speech", json=LONG | {"input": "Hi."}).status_code == 200, "the model back")
    assert set(statuses) <= {200, 503}


def _kill_while_speaking(http, server):
    with http.stream("POST", "/v1/audio/speech", json=LONG | {"stream_format": "sse"}) as answer:
        if answer.status_code == 200:
            lines = answer.iter_lines()
            next(lines)
            for host in hosts(server):
                os.kill(host.pid, signal.SIGKILL)
            assert any('"error"' in line for line in lines)
        else:
            answer.read()
            assert int(answer.headers["retry-after"]) >= 1
        return answer.status_code
