"""The program as a whole, on its built-in engines."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.unit.cli.program import environment, server

VOXHELM = f"'{sys.executable}' -m voxhelm"


def bash(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        cwd=home,
        env=environment(home),
        timeout=110,
        check=False,
    )


def test_what_one_end_of_a_pipe_says_the_other_hears(tmp_path: Path) -> None:
    ran = bash(f"{VOXHELM} say --local --voice en 'hello there my friend' | {VOXHELM} hear --local -", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    heard = ran.stdout.split()
    assert len({"hello", "there", "my", "friend"} & set(heard)) >= 2, ran.stdout


LONGER = [pytest.param(suffix, marks=pytest.mark.slow) for suffix in ("mp3", "opus", "aac", "flac")]


@pytest.mark.parametrize("suffix", ["wav", *LONGER])
def test_what_is_written_can_be_heard(tmp_path: Path, suffix: str) -> None:
    ran = bash(f"{VOXHELM} say --local 'hello there' -o a.{suffix} && {VOXHELM} hear --local a.{suffix} -o a.srt", tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert " --> " in (tmp_path / "a.srt").read_text()


@pytest.mark.slow
def test_the_end_of_a_long_list_is_not_waited_for(tmp_path: Path) -> None:
    ran = bash(f"{VOXHELM} voices --variants | head -n 1", tmp_path)
    assert ran.returncode in (0, 141)
    assert ran.stderr == ""
    assert ran.stdout.startswith("VOICE")


def test_a_server_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    with server(tmp_path) as (process, url):
        assert httpx.post(f"{url}/v1/audio/speech", json={"input": "hello"}, trust_env=False).is_success
        hosts = psutil.Process(process.pid).children(recursive=True)
        assert hosts
        watches = [os.pidfd_open(host.pid) for host in hosts]
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        for watch in watches:
            ready, _, _ = select.select([watch], [], [], 30)
            os.close(watch)
            assert ready, "a host outlived its server"


def test_a_server_with_a_request_at_hand_ends_in_time(tmp_path: Path) -> None:
    text = "A sentence that is said again and again. " * 2_000
    with (
        server(tmp_path, VOXHELM_SERVER__SHUTDOWN_GRACE_SECONDS="1") as (process, url),
        httpx.stream("POST", f"{url}/v1/audio/speech", json={"input": text}, trust_env=False, timeout=60) as response,
    ):
        sound = response.iter_raw()  # kept: a generator that is dropped hangs up
        assert next(sound)
        process.send_signal(signal.SIGTERM)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"graceful shutdown exceeded" in complaint
    assert b"Exception in ASGI application" not in complaint
