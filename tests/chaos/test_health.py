"""Inference never blocks the probes."""

import threading
import time
from statistics import quantiles

import httpx
import pytest

from tests.conftest import DATA, running_server

TEXT = "It was the best of times, it was the worst of times. " * 100


@pytest.mark.slow
def test_probes_are_answered_while_every_host_works(tmp_path):
    """No speed is asserted, only that probes are not queued behind inference: all of a hundred come back while the work goes on."""
    with running_server(tmp_path) as server:
        stop = threading.Event()
        answered = {"speech": 0, "transcription": 0}
        clip = sorted(DATA.glob("flite-*.wav"))[0].read_bytes()

        def speak():
            while not stop.is_set():
                body = {"input": TEXT, "model": "espeak-ng", "voice": "en-us", "response_format": "opus"}
                assert httpx.post(f"{server.url}/v1/audio/speech", json=body, timeout=60).status_code == 200
                answered["speech"] += 1

        def hear():
            while not stop.is_set():
                assert httpx.post(f"{server.url}/v1/audio/transcriptions", files={"file": clip}, timeout=60).status_code == 200
                answered["transcription"] += 1

        workers = [threading.Thread(target=work) for work in (speak, speak, speak, hear, hear)]
        for worker in workers:
            worker.start()
        seconds = []
        with httpx.Client(base_url=server.url, timeout=10) as http:
            for _ in range(100):
                began = time.monotonic()
                assert http.get("/health").status_code == 200
                seconds.append(time.monotonic() - began)
        busy_with = dict(answered)
        stop.set()
        for worker in workers:
            worker.join()
    print(
        f"health while busy: p50 {quantiles(seconds, n=100)[49] * 1000:.1f} ms, p99 {quantiles(seconds, n=100)[98] * 1000:.1f} ms"
    )
    assert sum(answered.values()) >= sum(busy_with.values()) + len(workers) - 1
