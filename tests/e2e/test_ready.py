"""Readiness is not liveness: a server lives at once and is ready when what it shall keep warm is warm."""

import httpx
import psutil

from tests.conftest import running_server


def test_preloaded_models_are_warm_before_the_server_says_so(tmp_path):
    with running_server(tmp_path, VOXHELM_MODELS__PRELOAD='["pocketsphinx-en-us", "espeak-ng"]') as server:
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        seen = set()
        while (answer := httpx.get(f"{server.url}/health/ready")).status_code == 503:
            seen |= set(answer.json()["missing"])
        assert seen <= {"pocketsphinx-en-us", "espeak-ng"}
        states = {model["id"]: model["state"] for model in httpx.get(f"{server.url}/v1/models").json()["data"]}
        assert (states["pocketsphinx-en-us"], states["espeak-ng"], states["silero-vad"]) == ("loaded", "loaded", "unloaded")


def test_an_unused_model_leaves_and_its_memory_with_it(tmp_path):
    with running_server(tmp_path, VOXHELM_MODELS__TIME_TO_LIVE_SECONDS="0") as server:
        httpx.post(f"{server.url}/v1/audio/speech", json={"input": "Hi.", "model": "espeak-ng"})
        while psutil.Process(server.process.pid).children():
            pass
        assert httpx.get(f"{server.url}/v1/models/espeak-ng").json()["state"] in ("unloading", "unloaded")


def test_a_preload_that_does_not_exist_stops_the_start(tmp_path):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "voxhelm", "serve", "--port", "0"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "VOXHELM_MODELS__PRELOAD": '["nobody"]'},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "'nobody', which is not installed" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
